import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { forgetLinkToken, takeLinkToken } from '../link-token.server.ts'
import { AccountFields } from '../parts/account-fields.tsx'
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
        <AccountFields problem={problem} typed={answer?.typed} />
        <Submit className="button wide">{t('submit')}</Submit>
      </form>
    </>
  )
}
