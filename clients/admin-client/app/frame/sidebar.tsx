import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { useTranslations } from 'use-intl'
import type { Place } from './places.ts'

export function Sidebar({
  home,
  groups,
  title,
  search,
  children,
}: {
  /** What the paths of the places stand after. */
  readonly home: string
  readonly groups: readonly (readonly Place[])[]
  readonly title: string
  /** What leads anywhere by words. */
  readonly search: ReactNode
  /** What stands below them. */
  readonly children: ReactNode
}) {
  const t = useTranslations('frame')
  const names = useTranslations('places')
  return (
    <header className="side">
      <p className="tenant">
        <a href="/" title={t('others')}>
          {title}
        </a>
      </p>
      {search}
      <nav aria-label={t('pages')}>
        {groups.map((places) =>
          places.map(({ name, path, key }, index) => (
            <NavLink
              key={name}
              to={`${home}${path}`}
              end={path === ''}
              prefetch="intent"
              data-keys={`g ${key}`}
              data-begins={index === 0 || undefined}
            >
              {names(name)}
            </NavLink>
          )),
        )}
      </nav>
      {children}
    </header>
  )
}
