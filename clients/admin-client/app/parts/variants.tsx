import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { Link, NavLink } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'

/** The variants of a product; each is changed in a drawer of its own, and so is its stock. */
export function Variants({
  product: { title, options, variants },
  home,
  mayChange,
}: {
  readonly product: Output<typeof productContract.operations.readCatalogueProduct>
  readonly home: string
  readonly mayChange: boolean
}) {
  const t = useTranslations('variants')
  return (
    <section>
      <div className="head">
        <h2>{t('title')}</h2>
        {mayChange && options.length > 0 && (
          <Link className="button second" to={`${home}/variants/new`} preventScrollReset>
            {t('add')}
          </Link>
        )}
      </div>
      <Scroll name={t('title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{options.length === 0 ? t('name') : options.join(', ')}</th>
              <th scope="col">{t('sku')}</th>
              <th scope="col" className="number">
                {t('onHand')}
              </th>
              <th scope="col" className="number">
                {t('reserved')}
              </th>
              <th scope="col" className="number">
                {t('prices')}
              </th>
            </tr>
          </thead>
          <tbody>
            {variants.map(({ id, sku, optionValues, stock, prices }) => (
              <tr key={id}>
                <td>
                  <NavLink to={`${home}/variants/${id}`} prefetch="intent" preventScrollReset>
                    {optionValues.join(', ') || title}
                  </NavLink>
                </td>
                <td className="mono">{sku}</td>
                <td className="number">
                  {stock.policy === 'untracked' ? t('untracked') : stock.onHand}
                </td>
                <td className="number">{stock.reserved}</td>
                <td className="number">
                  {prices.length === 0 && <span className="state warn">{t('none')}</span>}
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
    </section>
  )
}
