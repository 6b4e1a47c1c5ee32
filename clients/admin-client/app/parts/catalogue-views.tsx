import { NavLink, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { cataloguePlaces } from '../frame/places.ts'
import { useMay } from './may.ts'

/** Leads from each part of the catalogue to the others. */
export function CatalogueViews() {
  const { tenant = '' } = useParams()
  const may = useMay()
  const t = useTranslations('catalogueViews')
  const names = useTranslations('places')
  const shown = cataloguePlaces.filter(({ needs }) => may(needs))
  if (shown.length === 0) return null
  return (
    <nav className="views" aria-label={t('title')}>
      {[{ name: 'products', path: '/products' } as const, ...shown].map(({ name, path }) => (
        <NavLink key={path} to={`/t/${tenant}${path}`} className="view" prefetch="intent">
          {names(name)}
        </NavLink>
      ))}
    </nav>
  )
}
