import type { Output } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Moment } from '@prognetwork/ui/moment'
import { Link, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { DeliveryState } from './delivery-state.tsx'
import { Scroll } from './scroll.tsx'
import { Views } from './views.tsx'

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const

type Log = Output<typeof eventStreamingContract.operations.listWebhookDeliveries>

/** What was sent to an endpoint or will be. */
export function DeliveryLog({ log }: { readonly log: Log }) {
  const { tenant = '', endpointId = '' } = useParams()
  const [parameters] = useSearchParams()
  const t = useTranslations('deliveries')
  const states = useTranslations('deliveryStates')
  const home = `/t/${tenant}/webhooks/${endpointId}`
  const later = new URLSearchParams(parameters)
  if (log.next !== null) later.set('after', log.next)
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">{t('title')}</h2>
      <Views
        name={t('views')}
        items={[
          { to: home, label: t('all') },
          ...deliveryStates.map((one) => ({ to: `${home}?state=${one}`, label: states(one) })),
        ]}
      />
      {log.items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('table')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('type')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col" className="number">
                  {t('attempts')}
                </th>
                <th scope="col">{t('made')}</th>
              </tr>
            </thead>
            <tbody>
              {log.items.map(({ id, eventType, state, attempts, createdAt }) => (
                <tr key={id}>
                  <td>
                    <Link to={`${home}/deliveries/${id}`} className="mono">
                      {eventType}
                    </Link>
                  </td>
                  <td>
                    <DeliveryState state={state} />
                  </td>
                  <td className="number">{attempts}</td>
                  <td className="quiet">
                    <Moment at={createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {log.next !== null && (
        <Link className="button second" to={`?${later}`}>
          {t('earlier')}
        </Link>
      )}
    </section>
  )
}
