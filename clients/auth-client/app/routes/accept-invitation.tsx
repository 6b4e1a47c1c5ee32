import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { forgetLinkToken, takeLinkToken } from '../link-token.server.ts'
import { NoLink } from '../parts/no-link.tsx'
import { refused } from '../parts/refused.server.ts'

export function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const hasLink = takeLinkToken(page, url) !== undefined
  return { hasLink, isSignedIn: page.person !== null }
}

export async function action({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const token = takeLinkToken(page, url) ?? ''
  try {
    await page.call(userContract.operations.acceptInvitation, { body: { token } })
    forgetLinkToken(page, url)
    return redirect('/tenants', 303)
  } catch (thrown) {
    return refused(thrown, {})
  }
}

export default function AcceptInvitation() {
  const { hasLink, isSignedIn } = useLoaderData<typeof loader>()
  const problem = useActionData<typeof action>()?.problem
  const t = useTranslations('acceptInvitation')
  if (!hasLink) return <NoLink />
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <FormProblem problem={problem} />
      {isSignedIn ? (
        <form method="post" className="stack">
          <p>{t('intro')}</p>
          <Submit className="button wide">{t('submit')}</Submit>
        </form>
      ) : (
        <>
          <p>{t('first')}</p>
          <p>
            <a href="/sign-in?to=/accept-invitation" className="button wide">
              {t('signIn')}
            </a>
          </p>
          <p>
            {/* The way back is kept, so signing up leads here as well. */}
            <a href="/sign-up">{t('signUp')}</a>
          </p>
        </>
      )}
    </>
  )
}
