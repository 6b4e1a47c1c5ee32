import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { useTranslations } from 'use-intl'
import type { Group, PriceList } from './price-list-fields.tsx'
import { Scroll } from './scroll.tsx'

type Prices = Output<typeof productContract.operations.readVariantPrices>

/** What a variant costs now, for whom, and why. */
export function HoldingPrices({
  holding,
  groups,
  lists,
}: {
  readonly holding: Prices['holding']
  readonly groups: readonly Group[]
  readonly lists: readonly PriceList[]
}) {
  const t = useTranslations('holdingPrices')
  const whom = (groupId: string | null) =>
    groupId === null ? t('everyone') : (groups.find(({ id }) => id === groupId)?.name ?? groupId)
  const why = (listId: string | null) =>
    listId === null ? t('own') : (lists.find(({ id }) => id === listId)?.name ?? listId)
  return (
    <section>
      <h2>{t('title')}</h2>
      {holding.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('whom')}</th>
                <th scope="col" className="number">
                  {t('price')}
                </th>
                <th scope="col">{t('why')}</th>
              </tr>
            </thead>
            <tbody>
              {holding.map(({ groupId, price, priceListId }) => (
                <tr key={`${groupId} ${price.currency}`}>
                  <td>{whom(groupId)}</td>
                  <td className="number">
                    <Amount of={price} />
                  </td>
                  <td className="quiet">{why(priceListId)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
