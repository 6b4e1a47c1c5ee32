import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import type { ReactNode } from 'react'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from '../parts/may.ts'
import { PreciseTime } from '../parts/precise-time.tsx'
import { jsonText, Source } from '../parts/source.tsx'
import { TraceLink } from '../parts/trace-link.tsx'

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const { readEvent } = eventStreamingContract.operations
  return page.call(readEvent, { params: { cursor: params.cursor ?? '' } })
}

export default function EventPage() {
  const event = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('event')
  return (
    <>
      <title>{event.type}</title>
      <p>
        <Link to={`/t/${tenant}/events`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{event.type}</h1>
        <span className="quiet">
          <PreciseTime at={event.time} />
        </span>
      </div>
      <div className="halves">
        <section>
          <h2>{t('data')}</h2>
          <Source name={t('data')}>{jsonText(event.data)}</Source>
        </section>
        <section>
          <h2>{t('headers')}</h2>
          <Headers />
        </section>
      </div>
    </>
  )
}

/** What the event says of itself, with links to what it came from and to what is like it. */
function Headers() {
  const event = useLoaderData<typeof loader>()
  const t = useTranslations('event')
  const home = `/t/${useParams().tenant}`
  const { id, source, subject, aggregateversion, causationid, correlationid, traceparent } = event
  const events = (query: Record<string, string>) => `${home}/events?${new URLSearchParams(query)}`
  return (
    <dl className="facts">
      <Header name={t('id')}>{id}</Header>
      <Header name={t('source')}>{source}</Header>
      <Header name={t('subject')}>
        <Link to={events({ subject })}>{subject}</Link>
      </Header>
      <Header name={t('schema')}>
        <SchemaLink home={home} schema={event.dataschema} />
      </Header>
      {aggregateversion !== undefined && (
        <Header name={t('aggregateVersion')}>{aggregateversion}</Header>
      )}
      {causationid !== undefined && <Header name={t('causation')}>{causationid}</Header>}
      {correlationid !== undefined && (
        <Header name={t('correlation')}>
          <Link to={events({ correlation: correlationid })}>{correlationid}</Link>
        </Header>
      )}
      {traceparent !== undefined && (
        <Header name={t('trace')}>
          <TraceLink of={traceparent}>{traceparent.split('-')[1]}</TraceLink>
        </Header>
      )}
    </dl>
  )
}

function Header({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{children}</dd>
    </>
  )
}

/** `urn:prognetwork:event:<type>:<version>`, which is registered for most types. */
function SchemaLink({ home, schema }: { readonly home: string; readonly schema: string }) {
  const may = useMay()
  const [type = '', version = ''] = schema.split(':').slice(-2)
  if (!may('event:schema:read')) return schema
  return <Link to={`${home}/schemas/${type}?version=${version}`}>{schema}</Link>
}
