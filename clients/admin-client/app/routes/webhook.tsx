import type { PageRequest } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { FormProblem } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import {
  data,
  Link,
  redirect,
  useActionData,
  useLoaderData,
  useParams,
  useSearchParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { DeliveryLog, deliveryStates } from '../parts/delivery-log.tsx'
import { EndpointActions } from '../parts/endpoint-actions.tsx'
import { EndpointForm, endpointBody, endpointIn } from '../parts/endpoint-form.tsx'
import { EndpointState } from '../parts/endpoint-state.tsx'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { useMay } from '../parts/may.ts'
import { momentIn } from '../parts/moment-in.ts'
import { Secret } from '../parts/secret.tsx'
import { useAgainEvery } from '../parts/use-again-every.ts'

const operations = eventStreamingContract.operations
const perPage = 50
/** Deliveries are told of in no event. */
const againMs = 3_000

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { searchParams } = url
  const after = searchParams.get('after')
  const state = deliveryStates.find((one) => one === searchParams.get('state'))
  const byEndpoint = { params: { endpointId: params.endpointId ?? '' } }
  const [endpoint, log] = await Promise.all([
    page.call(operations.readWebhookEndpoint, byEndpoint),
    ifAllowed(
      page.call(operations.listWebhookDeliveries, {
        ...byEndpoint,
        query: { limit: perPage, ...(state && { state }), ...(after !== null && { after }) },
      }),
    ),
  ])
  return { endpoint, log }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const asked = String(form.get('do'))
  const typed = asked === 'save' ? endpointIn(form) : undefined
  try {
    const answer = await carryOut(page, params.endpointId ?? '', form)
    if (answer.secret !== undefined) return data({ ...answer, typed, asked, problem: undefined })
    const to = answer.isRemoved
      ? url.pathname.slice(0, url.pathname.lastIndexOf('/'))
      : url.pathname
    return redirect(`${to}${answer.told ?? ''}`, 303)
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem, typed, asked, secret: undefined }, { status: problem.status })
  }
}

interface Answer {
  /** Shown in this answer alone. */
  readonly secret?: string
  readonly isRemoved?: boolean
  /** What the page is to say, as a query. */
  readonly told?: string
}

async function carryOut(page: PageRequest, endpointId: string, form: FormData): Promise<Answer> {
  const params = { endpointId }
  switch (form.get('do')) {
    case 'save':
      await page.call(operations.changeWebhookEndpoint, {
        params,
        body: endpointBody(endpointIn(form)),
      })
      return { told: '?done=saved' }
    case 'enable':
    case 'disable':
      await page.call(operations.changeWebhookEndpoint, {
        params,
        body: { enabled: form.get('do') === 'enable' },
      })
      return {}
    case 'rotate':
      return page.call(operations.rotateWebhookSecret, { params })
    case 'test':
      await page.call(operations.sendTestWebhook, { params })
      return { told: '?done=tested' }
    case 'recover': {
      const [from = '', to] = ['from', 'to'].map((name) => momentIn(String(form.get(name) ?? '')))
      const { deliveries } = await page.call(operations.recoverWebhookDeliveries, {
        params,
        body: { from, ...(to !== undefined && { to }), all: form.get('all') !== null },
      })
      return { told: `?recovered=${deliveries}` }
    }
    case 'remove':
      await page.call(operations.removeWebhookEndpoint, { params })
      return { isRemoved: true }
    default:
      return {}
  }
}

export default function Webhook() {
  const { endpoint, log } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const may = useMay()
  useAgainEvery(againMs)
  const t = useTranslations('webhook')
  const given = { ...endpoint, eventTypes: endpoint.eventTypes.join(', ') }
  const isEditing = answer?.asked === 'save'
  return (
    <>
      <title>{endpoint.url}</title>
      <p>
        <Link to={`/t/${tenant}/webhooks`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1 className="address">{endpoint.url}</h1>
        <EndpointState of={endpoint} />
      </div>
      {answer?.secret !== undefined && <Secret secret={answer.secret} />}
      {!isEditing && <FormProblem problem={answer?.problem} />}
      <Told />
      <div className="columns">
        <div className="stack">{log && <DeliveryLog log={log} />}</div>
        <div className="stack">
          <Particulars endpoint={endpoint} />
          {may('event:webhook:update') && (
            <details open={isEditing}>
              <summary>{t('edit')}</summary>
              <EndpointForm
                key={endpoint.updatedAt}
                given={answer?.typed ?? given}
                problem={isEditing ? answer?.problem : undefined}
                submit={t('save')}
              />
            </details>
          )}
          <EndpointActions
            isEnabled={endpoint.enabled}
            windowProblem={answer?.asked === 'recover' ? answer.problem : undefined}
          />
        </div>
      </div>
    </>
  )
}

/** What came of the last thing that was asked for. */
function Told() {
  const t = useTranslations('webhook')
  const [parameters] = useSearchParams()
  const done = parameters.get('done')
  const recovered = parameters.get('recovered')
  const text =
    done === 'saved' || done === 'tested'
      ? t(done)
      : recovered !== null && t('recovered', { count: Number(recovered) || 0 })
  return text ? (
    <p className="notice" role="status">
      {text}
    </p>
  ) : null
}

function Particulars({
  endpoint,
}: {
  readonly endpoint: ReturnType<typeof useLoaderData<typeof loader>>['endpoint']
}) {
  const t = useTranslations('webhook')
  const { description, eventTypes, failingSince, previousSecretUntil } = endpoint
  return (
    <dl className="facts">
      {description !== '' && (
        <>
          <dt>{t('description')}</dt>
          <dd>{description}</dd>
        </>
      )}
      <dt>{t('types')}</dt>
      <dd className="mono">{eventTypes.join(', ')}</dd>
      {failingSince !== null && (
        <>
          <dt>{t('failingSince')}</dt>
          <dd>
            <Moment at={failingSince} />
          </dd>
        </>
      )}
      {previousSecretUntil !== null && (
        <>
          <dt>{t('bothUntil')}</dt>
          <dd>
            <Moment at={previousSecretUntil} />
          </dd>
        </>
      )}
    </dl>
  )
}
