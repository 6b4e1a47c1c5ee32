import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { Form, Link, NavLink, useLocation } from 'react-router'
import { useTranslations } from 'use-intl'
import { NextPage } from './filters.tsx'
import { Scroll } from './scroll.tsx'

interface FoundVariant {
  readonly id: string
  readonly title: string
  readonly sku: string | null
  readonly optionValues: readonly string[]
}

/** What a price list has prices for, and by words what it could have one for besides. */
export function ListedPrices({
  prices: { items, next },
  found,
  words,
  home,
  mayChange,
}: {
  readonly prices: Output<typeof productContract.operations.listListedPrices>
  readonly found: readonly FoundVariant[] | undefined
  readonly words: string
  readonly home: string
  readonly mayChange: boolean
}) {
  const t = useTranslations('listedPrices')
  const { search } = useLocation()
  const to = (variantId: string) => `${home}/${variantId}${search}`
  return (
    <section className="stack">
      <h2>{t('title')}</h2>
      {mayChange && (
        <Form className="filters" role="search">
          <input
            type="search"
            name="find"
            data-filter
            defaultValue={words}
            maxLength={200}
            placeholder={t('find')}
            aria-label={t('find')}
          />
          <button type="submit" className="button second">
            {t('show')}
          </button>
        </Form>
      )}
      {found && <FoundVariants items={found} to={to} />}
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('variant')}</th>
                <th scope="col">{t('sku')}</th>
                <th scope="col" className="number">
                  {t('prices')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ variantId, title, optionValues, sku, prices }) => (
                <tr key={variantId}>
                  <td>
                    <NavLink to={to(variantId)} prefetch="intent" preventScrollReset>
                      {[title, ...optionValues].join(', ')}
                    </NavLink>
                  </td>
                  <td className="mono">{sku}</td>
                  <td className="number">
                    {prices.map((price, index) => (
                      <span key={price.currency}>
                        {index > 0 && ' · '}
                        <Amount of={price} />
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NextPage next={next} />
    </section>
  )
}

function FoundVariants({
  items,
  to,
}: {
  readonly items: readonly FoundVariant[]
  readonly to: (variantId: string) => string
}) {
  const t = useTranslations('listedPrices')
  if (items.length === 0) return <p className="quiet">{t('noneFound')}</p>
  return (
    <Scroll name={t('found')}>
      <table>
        <caption>{t('found')}</caption>
        <tbody>
          {items.map(({ id, title, optionValues, sku }) => (
            <tr key={id}>
              <td>
                <Link to={to(id)} prefetch="intent" preventScrollReset>
                  {[title, ...optionValues].join(', ')}
                </Link>
              </td>
              <td className="mono">{sku}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
