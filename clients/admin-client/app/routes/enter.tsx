// Acting for a tenant begins here: members go straight in, operators say why first. What is done then
// is done under a session of its own, which ends with the one it came from.
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem, problemOf } from '@prognetwork/ui/problem'
import { data, redirect, redirectDocument, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'

const { openBrowserTenantSession } = userContract.operations

export async function loader({ url, context }: PageArgs) {
  const { slug, enter } = await entrance({ url, context })
  try {
    return await enter()
  } catch (thrown) {
    if (findProblem(thrown)?.code !== 'user.reason_missing') throw thrown
    return { slug }
  }
}

export async function action(args: PageArgs) {
  const { enter } = await entrance(args)
  const reason = String((await args.request.formData()).get('reason') ?? '')
  try {
    return await enter(reason)
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem }, { status: problem.status })
  }
}

async function entrance({ context, url }: Pick<PageArgs, 'context' | 'url'>) {
  const page = context.get(pageRequest)
  const asked = url.searchParams
  const slug = (asked.get('tenant') ?? '').toLowerCase()
  const { credential, userAgent } = page
  if (credential === undefined) {
    const to = `/enter?${asked}`
    throw redirectDocument(`/sign-in?${new URLSearchParams({ to })}`)
  }
  const { findTenant } = tenantContract.operations
  const { id: tenantId } = await page.callAsClient(findTenant, { params: { name: slug } })
  const to = asked.get('to') ?? ''
  return {
    slug,
    async enter(reason?: string) {
      const body = { credential, tenantId, userAgent, ...(reason !== undefined && { reason }) }
      page.setSession(await page.callAsClient(openBrowserTenantSession, { body }), tenantId)
      // Only what can stand in a header is followed.
      const isTheirs = to.startsWith(`/t/${slug}/`) && /^[!-~]+$/.test(to)
      return redirect(isTheirs ? to : `/t/${slug}`, 303)
    },
  }
}

export default function Enter() {
  const { slug } = useLoaderData<typeof loader>() as { slug: string }
  const answer = useActionData<typeof action>() as
    | { problem: NonNullable<ReturnType<typeof findProblem>> }
    | undefined
  const t = useTranslations('enter')
  return (
    <main className="narrow stack">
      <title>{t('title', { slug })}</title>
      <h1>{t('title', { slug })}</h1>
      <p>{t('intro')}</p>
      <form method="post" className="stack">
        <FormProblem problem={answer?.problem} />
        <TextField label={t('reason')} name="reason" required maxLength={500} />
        <Submit>{t('enter')}</Submit>
      </form>
    </main>
  )
}
