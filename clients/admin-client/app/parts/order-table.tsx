import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { OrderState } from './order-state.tsx'
import { Scroll } from './scroll.tsx'

type Order = Output<typeof orderContract.operations.listOrders>['items'][number]

export function OrderTable({
  items,
  home,
}: {
  readonly items: readonly Order[]
  readonly home: string
}) {
  const t = useTranslations('orders')
  return (
    <Scroll name={t('title')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('reference')}</th>
            <th scope="col">{t('state')}</th>
            <th scope="col">{t('customer')}</th>
            <th scope="col">{t('placed')}</th>
            <th scope="col" className="number">
              {t('total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, reference, state, email, placedAt, total }) => (
            <tr key={id}>
              <td>
                <Link to={`${home}/orders/${id}`} className="mono" prefetch="intent">
                  {reference}
                </Link>
              </td>
              <td>
                <OrderState state={state} />
              </td>
              <td>{email}</td>
              <td className="quiet">
                <Moment at={placedAt} />
              </td>
              <td className="number">
                <Amount of={total} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
