import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { forgetLinkToken, takeLinkToken } from '../link-token.server.ts'
import { NoLink } from '../parts/no-link.tsx'
import { refused, textOf } from '../parts/refused.server.ts'
import { signIn } from '../sessions.server.ts'
import { allowWayBack } from '../way-back.server.ts'

export function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  allowWayBack(page)
  return { hasLink: takeLinkToken(page, url) !== undefined }
}

export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  allowWayBack(page)
  const password = textOf(await request.formData(), 'password')
  const token = takeLinkToken(page, url) ?? ''
  try {
    const body = { token, password }
    const { email } = await page.call(userContract.operations.verifyEmail, { body })
    forgetLinkToken(page, url)
    return await signIn(page, { email, password })
  } catch (thrown) {
    return refused(thrown, {})
  }
}

export default function VerifyEmail() {
  const { hasLink } = useLoaderData<typeof loader>()
  const problem = useActionData<typeof action>()?.problem
  const t = useTranslations('verifyEmail')
  if (!hasLink) return <NoLink />
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <p>{t('intro')}</p>
      <form method="post" className="stack">
        <FormProblem problem={problem} />
        <TextField
          label={t('password')}
          {...{ name: 'password', type: 'password', required: true, maxLength: 1_000 }}
          autoComplete="current-password"
          wrong={expectedAt(problem, '/password')}
        />
        <Submit className="button wide">{t('submit')}</Submit>
      </form>
    </>
  )
}
