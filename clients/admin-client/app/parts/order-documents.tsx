import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'

type Order = Output<typeof orderContract.operations.readOrder>

/** The invoice of an order, and a credit note for each time that money went back, as files. */
export function OrderDocuments({ order }: { readonly order: Order }) {
  const { tenant = '' } = useParams()
  const t = useTranslations('orderDocuments')
  const home = `/t/${tenant}/api/v1/orders/${order.id}`
  const wasPaid = order.history.some(({ state }) => state === 'paid')
  if (!wasPaid && order.creditNotes.length === 0) return null
  return (
    <section aria-labelledby="documents">
      <h2 id="documents">{t('title')}</h2>
      {wasPaid && (
        <p>
          <a href={`${home}/invoice`} download>
            {t('invoice')}
          </a>
        </p>
      )}
      {order.creditNotes.length > 0 && (
        <Scroll name={t('creditNotes')}>
          <table>
            <tbody>
              {order.creditNotes.map(({ number, writtenNumber, madeAt, amount, isVoid }) => (
                <tr key={number}>
                  <td>
                    <a href={`${home}/credit-notes/${number}`} download>
                      {writtenNumber}
                    </a>{' '}
                    {isVoid && <span className="state bad">{t('void')}</span>}
                  </td>
                  <td className="quiet">
                    <Moment at={madeAt} />
                  </td>
                  <td className="number">
                    <Amount of={amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
