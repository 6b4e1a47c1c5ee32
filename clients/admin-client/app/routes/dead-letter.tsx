import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem } from '@prognetwork/ui/problem'
import {
  Form,
  Link,
  redirect,
  useActionData,
  useLoaderData,
  useParams,
  useSearchParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { attempt } from '../parts/attempt.server.ts'
import { useMay } from '../parts/may.ts'
import { jsonText, Source } from '../parts/source.tsx'
import { TraceLink } from '../parts/trace-link.tsx'
import { useAgainEvery } from '../parts/use-again-every.ts'

const { readDeadLetter, redriveDeadLetters, skipDeadLetter } = eventStreamingContract.operations
const againMs = 3_000

/** A key that is free by now is no failure of whoever looks: that is what they wanted. */
export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const { service = '', key = '' } = params
  try {
    return { parked: await page.call(readDeadLetter, { params: { service, key } }) }
  } catch (thrown) {
    if (findProblem(thrown)?.code !== 'event_streaming.parked_key_missing') throw thrown
    return { parked: null }
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const { service = '', key = '' } = params
  return attempt(async () => {
    if (form.get('do') === 'skip') {
      const body = { eventId: String(form.get('event')) }
      await page.call(skipDeadLetter, { params: { service, key }, body })
      return redirect(`${url.pathname}?done=skipped`, 303)
    }
    await page.call(redriveDeadLetters, { body: { service, keys: [key] } })
    return redirect(`${url.pathname}?done=redriven`, 303)
  })
}

type Parked = NonNullable<Awaited<ReturnType<typeof loader>>['parked']>

export default function DeadLetter() {
  const { parked } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '', service = '' } = useParams()
  const done = useSearchParams()[0].get('done')
  useAgainEvery(againMs)
  const t = useTranslations('deadLetter')
  const states = useTranslations('parkedStates')
  const title = t('title', { type: parked?.type ?? '', service })
  return (
    <>
      <title>{parked ? title : t('free')}</title>
      <p>
        <Link to={`/t/${tenant}/dead-letters`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{parked ? title : t('free')}</h1>
        {parked && (
          <span className={`state ${parked.state === 'dead' ? 'bad' : 'warn'}`}>
            {states(parked.state)}
          </span>
        )}
      </div>
      <FormProblem problem={answer?.problem} />
      {(done === 'redriven' || done === 'skipped') && (
        <p className="notice" role="status">
          {t(done)}
        </p>
      )}
      {parked ? <Inspected parked={parked} /> : <p className="quiet">{t('freeHint')}</p>}
    </>
  )
}

function Inspected({ parked }: { readonly parked: Parked }) {
  const t = useTranslations('deadLetter')
  const { key, attempts, retryAt, lastError, state, waiting } = parked
  return (
    <div className="columns">
      <div className="stack">
        <section>
          <h2>{t('error')}</h2>
          <Source name={t('error')}>{lastError}</Source>
        </section>
        <section aria-labelledby="waiting">
          <h2 id="waiting">{t('waiting', { count: parked.events })}</h2>
          <ol className="events">
            {waiting.map((event, index) => (
              <li key={event.id}>
                <p>
                  <code>{event.type}</code>{' '}
                  <span className="quiet">
                    <TraceLink of={event.traceparent}>
                      <Moment at={event.time} />
                    </TraceLink>
                  </span>
                </p>
                <details open={index === 0}>
                  <summary>{t('data')}</summary>
                  <Source name={t('data')}>{jsonText(event.data)}</Source>
                </details>
              </li>
            ))}
          </ol>
        </section>
      </div>
      <div className="stack">
        <dl className="facts">
          <dt>{t('key')}</dt>
          <dd className="mono">{key}</dd>
          <dt>{t('attempts')}</dt>
          <dd>{attempts}</dd>
          {state === 'waiting' && (
            <>
              <dt>{t('retryAt')}</dt>
              <dd>
                <Moment at={retryAt} />
              </dd>
            </>
          )}
        </dl>
        <Actions firstId={waiting[0]?.id ?? ''} />
      </div>
    </div>
  )
}

function Actions({ firstId }: { readonly firstId: string }) {
  const t = useTranslations('deadLetter')
  const may = useMay()
  return (
    <>
      {may('event:dead_letter:redrive') && (
        <details>
          <summary>{t('redrive')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('redriveHint')}</p>
            <Submit name="do" value="redrive">
              {t('redriveNow')}
            </Submit>
          </Form>
        </details>
      )}
      {may('event:dead_letter:skip') && (
        <details>
          <summary>{t('skip')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('skipHint')}</p>
            <input type="hidden" name="event" value={firstId} />
            <Submit name="do" value="skip" className="button second">
              {t('skipNow')}
            </Submit>
          </Form>
        </details>
      )}
    </>
  )
}
