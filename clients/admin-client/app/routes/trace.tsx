import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem } from '@prognetwork/ui/problem'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Duration } from '../parts/duration.tsx'
import { ObjectLinks } from '../parts/object-links.tsx'
import { PreciseTime } from '../parts/precise-time.tsx'
import { SpanState } from '../parts/span-state.tsx'
import { useAgainEvery } from '../parts/use-again-every.ts'
import { Waterfall } from '../parts/waterfall.tsx'
import type { Trace as WholeTrace } from '../parts/waterfall-rows.ts'

/** A trace is told of a little after it has happened, and not all are kept. */
export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  try {
    const { readTrace } = monitoringContract.operations
    return { trace: await page.call(readTrace, { params: { traceId: params.traceId ?? '' } }) }
  } catch (thrown) {
    if (findProblem(thrown)?.code !== 'monitoring.trace_missing') throw thrown
    return { trace: null }
  }
}

export default function Trace() {
  const { trace } = useLoaderData<typeof loader>()
  const { tenant = '', traceId = '' } = useParams()
  const t = useTranslations('trace')
  return (
    <>
      <title>{trace?.operation ?? t('missing')}</title>
      <p>
        <Link to={`/t/${tenant}/traces`}>{t('back')}</Link>
      </p>
      {trace ? (
        <Found trace={trace} />
      ) : (
        <>
          <h1>{t('missing')}</h1>
          <Missing />
        </>
      )}
      <p className="quiet">
        {t('id')} <code>{traceId}</code>
      </p>
    </>
  )
}

const againMs = 3_000

function Missing() {
  const t = useTranslations('trace')
  useAgainEvery(againMs)
  return <p className="quiet">{t('missingHint')}</p>
}

function Found({ trace }: { readonly trace: WholeTrace }) {
  const t = useTranslations('trace')
  const { operation, status, durationUs, startedAt, spanCount, spans, objects } = trace
  return (
    <>
      <div className="head">
        <h1>{operation}</h1>
        <SpanState state={status} />
        <Duration us={durationUs} />
        <span className="quiet">
          <PreciseTime at={startedAt} />
        </span>
      </div>
      {spanCount > spans.length && (
        <p className="quiet">{t('first', { shown: spans.length, all: spanCount })}</p>
      )}
      <Waterfall trace={trace} />
      {objects.length > 0 && (
        <section aria-labelledby="objects">
          <h2 id="objects">{t('objects')}</h2>
          <ObjectLinks objects={objects} />
        </section>
      )}
    </>
  )
}
