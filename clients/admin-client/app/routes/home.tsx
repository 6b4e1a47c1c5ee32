import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, redirect, redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'

const { findTenant } = tenantContract.operations

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) throw redirectDocument('/sign-in')
  const isOperator = page.person.roles.includes('operator')
  const { items: memberships } = await page.call(userContract.operations.listMyMemberships, {})
  const own = await Promise.all(
    memberships
      .filter(({ tenantId }) => tenantId !== page.tenant.id)
      .map(async ({ tenantId, roles }) => {
        const { slug } = await page.callAsClient(findTenant, { params: { name: tenantId } })
        return { slug, roles }
      }),
  )
  if (isOperator && own.length === 0) throw redirect('/tenants')
  const account = page.origins['auth-client']
  // Signing out leads on to signing in.
  page.allowFormsTo(account)
  return { own, isOperator, account }
}

export default function Home() {
  const { own, isOperator, account } = useLoaderData<typeof loader>()
  const t = useTranslations('home')
  return (
    <main className="choice stack">
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      {own.length === 0 && <p>{t('none')}</p>}
      {own.length > 0 && (
        <table>
          <tbody>
            {own.map(({ slug, roles }) => (
              <tr key={slug}>
                <td>
                  <a href={`/t/${slug}`}>{slug}</a>
                </td>
                <td className="quiet">{roles.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isOperator && (
        <p>
          <Link to="/tenants">{t('all')}</Link>
        </p>
      )}
      <p>
        <a href={`${account}/account`}>{t('account')}</a>
      </p>
      <form method="post" action="/sign-out">
        <button type="submit" className="button second">
          {t('signOut')}
        </button>
      </form>
    </main>
  )
}
