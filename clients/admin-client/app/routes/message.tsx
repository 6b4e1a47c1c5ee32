import { emailContract } from '@prognetwork/contracts/email'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { TraceLink } from '../parts/trace-link.tsx'
import { useLivePage } from '../parts/use-events.ts'

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const messageId = params.messageId ?? ''
  const message = await page.call(emailContract.operations.readMessage, { params: { messageId } })
  // What became of it is told in the trace of what it was written for.
  const told = await ifAllowed(
    page.call(eventStreamingContract.operations.listEvents, {
      query: { types: 'email.*', subject: messageId, from: message.createdAt, limit: 1 },
    }),
  )
  return { ...message, traceparent: told?.items[0]?.traceparent }
}

export default function Message() {
  const { subject, to, from, html, text, source, timeline, traceparent } =
    useLoaderData<typeof loader>()
  const { tenant = '', messageId = '' } = useParams()
  useLivePage(tenant, 'email.*')
  const t = useTranslations('message')
  const kinds = useTranslations('noteKinds')
  return (
    <>
      <title>{subject ?? t('unwritten')}</title>
      <h1>{subject ?? t('unwritten')}</h1>
      <p className="quiet">
        {from} → {to}
      </p>
      {html !== null && (
        <iframe
          title={t('shown')}
          sandbox=""
          src={`/t/${tenant}/mail/${messageId}/letter`}
          className="letter"
        />
      )}
      <section aria-labelledby="timeline">
        <h2 id="timeline">{t('timeline')}</h2>
        <ol className="history">
          {timeline.map(({ kind, at, detail }) => (
            <li key={`${at} ${kind}`}>
              {kinds.has(kind) ? kinds(kind) : kind}{' '}
              <span className="quiet">
                <Moment at={at} /> {detail}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {traceparent !== undefined && (
        <p>
          <TraceLink of={traceparent}>{t('traces')}</TraceLink>
        </p>
      )}
      {[['text', text] as const, ['source', source] as const].map(
        ([name, content]) =>
          content !== null && (
            <details key={name}>
              <summary>{t(name)}</summary>
              <pre>{content}</pre>
            </details>
          ),
      )}
    </>
  )
}
