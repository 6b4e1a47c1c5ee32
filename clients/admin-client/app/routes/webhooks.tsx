import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EndpointState } from '../parts/endpoint-state.tsx'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  return page.call(eventStreamingContract.operations.listWebhookEndpoints, {})
}

export default function Webhooks() {
  const { items } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'webhook.*')
  const t = useTranslations('webhooks')
  const home = `/t/${tenant}/webhooks`
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
        {useMay()('event:webhook:create') && (
          <Link className="button" to={`${home}/new`}>
            {t('new')}
          </Link>
        )}
      </div>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('url')}</th>
                <th scope="col">{t('description')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('types')}</th>
                <th scope="col">{t('made')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((endpoint) => (
                <tr key={endpoint.id}>
                  <td className="told">
                    <Link to={`${home}/${endpoint.id}`} prefetch="intent">
                      {endpoint.url}
                    </Link>
                  </td>
                  <td>{endpoint.description}</td>
                  <td>
                    <EndpointState of={endpoint} />
                  </td>
                  <td className="mono told">{endpoint.eventTypes.join(', ')}</td>
                  <td className="quiet">
                    <Moment at={endpoint.createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  )
}
