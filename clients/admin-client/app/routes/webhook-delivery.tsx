import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, Link, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { attempt } from '../parts/attempt.server.ts'
import { DeliveryState } from '../parts/delivery-state.tsx'
import { useMay } from '../parts/may.ts'
import { Source } from '../parts/source.tsx'
import { useAgainEvery } from '../parts/use-again-every.ts'

const { readWebhookDelivery, resendWebhookDelivery } = eventStreamingContract.operations
const againMs = 2_000

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  return page.call(readWebhookDelivery, { params: { deliveryId: params.deliveryId ?? '' } })
}

export async function action({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  return attempt(async () => {
    await page.call(resendWebhookDelivery, { params: { deliveryId: params.deliveryId ?? '' } })
    return redirect(url.pathname, 303)
  })
}

export default function WebhookDelivery() {
  const delivery = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '', endpointId = '' } = useParams()
  const may = useMay()
  useAgainEvery(againMs)
  const t = useTranslations('delivery')
  const { eventType, eventId, state, dueAt, createdAt } = delivery
  return (
    <>
      <title>{t('title', { type: eventType })}</title>
      <p>
        <Link to={`/t/${tenant}/webhooks/${endpointId}`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{t('title', { type: eventType })}</h1>
        <DeliveryState state={state} />
      </div>
      <FormProblem problem={answer?.problem} />
      <div className="columns">
        <Attempts history={delivery.history} />
        <div className="stack">
          <dl className="facts">
            <dt>{t('event')}</dt>
            <dd className="mono">{eventId}</dd>
            <dt>{t('made')}</dt>
            <dd>
              <Moment at={createdAt} />
            </dd>
            {dueAt !== null && (
              <>
                <dt>{t('due')}</dt>
                <dd>
                  <Moment at={dueAt} />
                </dd>
              </>
            )}
          </dl>
          {may('event:delivery:resend') && (
            <Form method="post">
              <Submit className="button second">{t('resend')}</Submit>
            </Form>
          )}
        </div>
      </div>
    </>
  )
}

type History = ReturnType<typeof useLoaderData<typeof loader>>['history']

function Attempts({ history }: { readonly history: History }) {
  const t = useTranslations('delivery')
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">{t('attempts')}</h2>
      {history.length === 0 && <p className="quiet">{t('none')}</p>}
      <ol className="events">
        {history.toReversed().map(({ number, at, durationMs, status, reply, error }) => (
          <li key={number} value={number}>
            <p>
              <span className={`state ${error === null ? 'ok' : 'bad'}`}>
                {status === null ? t('noAnswer') : t('status', { status: String(status) })}
              </span>{' '}
              <span className="quiet">
                <Moment at={at} /> · {t('took', { ms: durationMs })}
              </span>
            </p>
            {error !== null && <p>{error}</p>}
            {reply !== '' && <Source name={t('reply', { number })}>{reply}</Source>}
          </li>
        ))}
      </ol>
    </section>
  )
}
