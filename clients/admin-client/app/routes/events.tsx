import { FormProblem, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import { useState } from 'react'
import { useLoaderData, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EventTable } from '../parts/event-table.tsx'
import { Filters, NextPage } from '../parts/filters.tsx'
import { findEvents } from '../parts/find-events.server.ts'
import { Live } from '../parts/live.tsx'
import { ExactTimeFields, exactTimes, RangeField } from '../parts/time-fields.tsx'
import { timeRange } from '../parts/time-range.server.ts'
import { useEvents, useLivePage } from '../parts/use-events.ts'

const shown = 100

/** What has happened, the newest first: of some types, of one thing or one request, in a time. */
export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined
  const [types, subject, correlation, after] = [
    ...['types', 'subject', 'correlation', 'after'].map(asked),
  ]
  const { from, to } = timeRange(url.searchParams, page.now)
  const filter = { types, subject, correlation, from, to, after }
  const query = Object.fromEntries(Object.entries(filter).filter(([, value]) => value))
  // The stream knows types alone, and begins where the log ends.
  const isNarrow = [subject, correlation, to, after].some((one) => one !== undefined)
  try {
    return { ...(await findEvents(page, query, shown)), isNarrow }
  } catch (thrown) {
    const problem = problemOf(thrown)
    if (problem.status !== 400 && problem.status !== 422) throw thrown
    return { events: [], cursor: '', next: null, isWhole: true, isNarrow: true, problem }
  }
}

export default function Events() {
  const found = useLoaderData<typeof loader>()
  const t = useTranslations('events')
  return (
    <>
      <title>{t('title')}</title>
      {found.isNarrow ? <Found found={found} /> : <Following found={found} />}
    </>
  )
}

type FoundEvents = Awaited<ReturnType<typeof loader>>

/** What fits filters that the stream does not know: read anew when something has happened. */
function Found({ found }: { readonly found: FoundEvents }) {
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const isOpen = useLivePage(tenant, parameters.get('types') || '*')
  const t = useTranslations('events')
  return (
    <>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <EventFilters />
      <FormProblem problem={'problem' in found ? found.problem : undefined} />
      <List {...found} />
    </>
  )
}

/** What happens, as it happens. */
function Following({
  found: { events: before, cursor, next, isWhole },
}: {
  readonly found: FoundEvents
}) {
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const types = parameters.get('types') ?? ''
  const { events, isOpen } = useEvents(tenant, { types, from: cursor })
  const [held, setHeld] = useState<typeof events>()
  const t = useTranslations('events')
  const known = new Set(before.map(({ id }) => id))
  const fresh = (held ?? events).filter(({ id }) => !known.has(id))
  return (
    <>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen && held === undefined} />
        <button
          type="button"
          className="button second"
          onClick={() => setHeld(held === undefined ? events : undefined)}
        >
          {held === undefined ? t('hold') : t('goOn')}
        </button>
      </div>
      <EventFilters />
      <List events={[...fresh, ...before]} {...{ next, isWhole }} />
    </>
  )
}

function List({
  events,
  next,
  isWhole,
}: {
  readonly events: Parameters<typeof EventTable>[0]['events']
  readonly next: string | null
  readonly isWhole: boolean
}) {
  const t = useTranslations('events')
  return (
    <>
      {!isWhole && <p className="notice">{t('cut')}</p>}
      {events.length === 0 ? <p className="quiet">{t('none')}</p> : <EventTable events={events} />}
      <NextPage next={next} />
    </>
  )
}

function EventFilters() {
  const t = useTranslations('events')
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <Filters
      names={['correlation', ...exactTimes]}
      more={
        <>
          <TextField label={t('correlation')} maxLength={200} {...at('correlation')} />
          <ExactTimeFields />
        </>
      }
    >
      <TextField
        label={t('types')}
        placeholder={t('typesSuch')}
        data-filter
        maxLength={2_000}
        {...at('types')}
      />
      <TextField label={t('about')} maxLength={200} {...at('subject')} />
      <RangeField />
    </Filters>
  )
}
