import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { Picture } from '@prognetwork/ui/picture'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from './lang.ts'

export type Card = Output<typeof productContract.operations.listProducts>['items'][number]

const widths = '(min-width: 60rem) 18rem, (min-width: 40rem) 33vw, 50vw'

/** `first` are seen without scrolling, so their pictures come at once. */
export function ProductGrid({
  items,
  first = 2,
}: {
  readonly items: readonly Card[]
  readonly first?: number
}) {
  return (
    <ul className="products">
      {items.map((item, at) => (
        <li key={item.id}>
          <ProductCard item={item} isFirst={at < first} />
        </li>
      ))}
    </ul>
  )
}

function ProductCard({ item, isFirst }: { readonly item: Card; readonly isFirst: boolean }) {
  const t = useTranslations('product')
  const langOf = useLang()
  const { price } = item
  return (
    <Link to={`/products/${item.slug}`} prefetch="intent" className="card">
      <Picture image={item.image} name={item.title} sizes={widths} isFirst={isFirst} />
      <span className="name" lang={langOf(item.locale)}>
        {item.title}
      </span>
      {price && (
        <span>
          {price.from.amountMinor === price.to.amountMinor ? (
            <Amount of={price.from} />
          ) : (
            t.rich('from', { price: () => <Amount of={price.from} /> })
          )}
        </span>
      )}
      {!item.available && <span className="quiet">{t('soldOut')}</span>}
    </Link>
  )
}
