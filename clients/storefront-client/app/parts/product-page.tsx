import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { type Card, ProductGrid } from './product-grid.tsx'

/** One page of a list of products, with the way to the next and to a search among all of them. */
export function ProductPage({
  items,
  next,
  narrow,
}: {
  readonly items: readonly Card[]
  readonly next: string | null
  readonly narrow: Readonly<Record<string, string>>
}) {
  const t = useTranslations('category')
  if (items.length === 0) return <p className="quiet">{t('empty')}</p>
  return (
    <>
      <p>
        <Link to={`/search?${new URLSearchParams(narrow)}`} className="quiet">
          {t('narrow')}
        </Link>
      </p>
      <ProductGrid items={items} />
      {next !== null && (
        <Link className="button second" to={`?${new URLSearchParams({ after: next })}`}>
          {t('next')}
        </Link>
      )}
    </>
  )
}
