import { emailContract } from '@prognetwork/contracts/email'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  return page.call(emailContract.operations.readMessage, {
    params: { messageId: params.messageId ?? '' },
  })
}

export default function Message() {
  const { subject, to, from, html, text, source, timeline } = useLoaderData<typeof loader>()
  const { tenant = '', messageId = '' } = useParams()
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
