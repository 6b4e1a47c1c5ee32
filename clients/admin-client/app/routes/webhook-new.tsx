import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import { data, Link, useActionData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EndpointForm, endpointBody, endpointIn } from '../parts/endpoint-form.tsx'
import { Secret } from '../parts/secret.tsx'

const { createWebhookEndpoint } = eventStreamingContract.operations

/** Answers with the page itself: the secret is in this answer alone, and in no address. */
export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = endpointIn(await request.formData())
  try {
    const made = await page.call(createWebhookEndpoint, { body: endpointBody(typed) })
    return data({ typed, made, problem: undefined }, { status: 201 })
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ typed, made: null, problem }, { status: problem.status })
  }
}

const empty = { url: '', eventTypes: '', description: '' }

export default function WebhookNew() {
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const t = useTranslations('webhookNew')
  const made = answer?.made
  const home = `/t/${tenant}/webhooks`
  return (
    <>
      <title>{t('title')}</title>
      <p>
        <Link to={home}>{t('back')}</Link>
      </p>
      <h1>{made ? t('made') : t('title')}</h1>
      <div className="form">
        {made ? (
          <div className="stack">
            <Secret secret={made.secret} />
            <p>
              <Link className="button" to={`${home}/${made.id}`}>
                {t('go')}
              </Link>
            </p>
          </div>
        ) : (
          <EndpointForm
            given={answer?.typed ?? empty}
            problem={answer?.problem}
            submit={t('create')}
          />
        )}
      </div>
    </>
  )
}
