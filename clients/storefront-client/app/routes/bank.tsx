import { paymentContract } from '@prognetwork/contracts/payment'
import { FormProblem } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import { data, Form, useActionData } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { speak } from '../shop.server.ts'

export function loader({ request }: PageArgs) {
  return describe({ title: speak(request).messages.bank.title })
}

export async function action({ request, params, context }: PageArgs) {
  const form = await request.formData()
  try {
    const { state } = await context
      .get(pageRequest)
      .call(paymentContract.operations.answerChallenge, {
        params: { challenge: params.challenge ?? '' },
        body: { approve: form.get('approve') === 'yes' },
      })
    return { state, problem: undefined }
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem, state: undefined }, { status: problem.status })
  }
}

export const meta = metaOf

/** Stands for the page of a bank, where a payer shows who they are; part of the sandbox. */
export default function Bank() {
  const answer = useActionData<typeof action>()
  const t = useTranslations('bank')
  if (answer?.state)
    return (
      <main className="narrow stack">
        <h1>{t('title')}</h1>
        <p role="status">{answer.state === 'captured' ? t('approved') : t('refused')}</p>
        <p>{t('close')}</p>
      </main>
    )
  return (
    <main className="narrow stack">
      <h1>{t('title')}</h1>
      <p>{t('intro')}</p>
      <FormProblem problem={answer?.problem} />
      <Form method="post" className="pair">
        <button type="submit" name="approve" value="yes" className="button">
          {t('approve')}
        </button>
        <button type="submit" name="approve" value="no" className="button second">
          {t('refuse')}
        </button>
      </Form>
    </main>
  )
}
