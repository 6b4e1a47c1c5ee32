import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'

const { findTenant, listTenants } = tenantContract.operations

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) throw redirectDocument('/sign-in')
  const isOperator = page.person.roles.includes('operator')
  const [{ items: memberships }, all] = await Promise.all([
    page.call(userContract.operations.listMyMemberships, {}),
    isOperator ? page.call(listTenants, { query: { limit: 100 } }) : null,
  ])
  const own = await Promise.all(
    memberships
      .filter(({ tenantId }) => tenantId !== page.tenant.id)
      .map(async ({ tenantId, roles }) => {
        const { slug } = await page.callAsClient(findTenant, { params: { name: tenantId } })
        return { slug, roles }
      }),
  )
  return {
    own,
    all: all?.items.map(({ slug, name, status }) => ({ slug, name, status })) ?? null,
    account: page.origins['auth-client'],
  }
}

export default function Home() {
  const { own, all, account } = useLoaderData<typeof loader>()
  const t = useTranslations('home')
  const states = useTranslations('tenantStates')
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
      {all && (
        <section className="stack" aria-labelledby="all">
          <h2 id="all">{t('all')}</h2>
          <table>
            <tbody>
              {all.map(({ slug, name, status }) => (
                <tr key={slug}>
                  <td>
                    <a href={`/t/${slug}`}>{name}</a>
                  </td>
                  <td className="mono">{slug}</td>
                  <td>
                    <span className={`state ${status === 'active' ? 'ok' : 'warn'}`}>
                      {states(status)}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
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
