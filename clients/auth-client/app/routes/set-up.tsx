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

export function loader({ context, url }: PageArgs) {
  return { hasLink: takeLinkToken(context.get(pageRequest), url) !== undefined }
}

export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const typed = { email: textOf(form, 'email'), displayName: textOf(form, 'displayName') }
  const password = textOf(form, 'password')
  const token = takeLinkToken(page, url) ?? ''
  try {
    const body = { ...typed, token, password }
    await page.call(userContract.operations.setUpPlatform, { body })
    forgetLinkToken(page, url)
    return await signIn(page, { email: typed.email, password })
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

/** The first operator of a platform, by the link that its first start printed. */
export default function SetUp() {
  const { hasLink } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('setUp')
  if (!hasLink) return <NoLink />
  const problem = answer?.problem
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <p>{t('intro')}</p>
      <form method="post" className="stack">
        <FormProblem problem={problem} />
        <TextField
          label={t('displayName')}
          {...{ name: 'displayName', required: true, maxLength: 100, autoComplete: 'name' }}
          defaultValue={answer?.typed.displayName}
          wrong={expectedAt(problem, '/displayName')}
        />
        <TextField
          label={t('email')}
          {...{ name: 'email', type: 'email', required: true, maxLength: 254 }}
          autoComplete="username"
          defaultValue={answer?.typed.email}
          wrong={expectedAt(problem, '/email')}
        />
        <TextField
          label={t('password')}
          hint={t('passwordHint')}
          {...{ name: 'password', type: 'password', required: true, minLength: 8, maxLength: 256 }}
          autoComplete="new-password"
          wrong={expectedAt(problem, '/password')}
        />
        <Submit className="button wide">{t('submit')}</Submit>
      </form>
    </>
  )
}
