import { NavLink } from 'react-router'
import { useTranslations } from 'use-intl'
import { usePlaces } from './places.ts'

export function Sidebar({ slug, shop }: { readonly slug: string; readonly shop: string }) {
  const t = useTranslations('frame')
  const names = useTranslations('places')
  const places = usePlaces()
  return (
    <header className="side">
      <p className="tenant">
        <a href="/" title={t('others')}>
          {slug}
        </a>
      </p>
      <nav aria-label={t('pages')}>
        {places.map(({ name, path, key }) => (
          <NavLink
            key={name}
            to={`/t/${slug}${path}`}
            end={path === ''}
            prefetch="intent"
            data-keys={`g ${key}`}
          >
            {names(name)}
          </NavLink>
        ))}
      </nav>
      <p>
        <a href={shop}>{t('shop')}</a>
      </p>
    </header>
  )
}
