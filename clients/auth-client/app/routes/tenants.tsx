import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { data, redirect, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  // Staff has its accounts in the platform's own tenant alone.
  if (page.tenant.slug !== null) throw data(null, { status: 404 })
  if (!page.person) throw redirect('/sign-in?to=/tenants')
  const { items } = await page.call(userContract.operations.listMyMemberships, {})
  const tenants = await Promise.all(
    items
      .filter(({ tenantId }) => tenantId !== page.tenant.id)
      .map(async ({ tenantId, roles }) => {
        const params = { name: tenantId }
        const { slug } = await page.callAsClient(tenantContract.operations.findTenant, { params })
        return { tenantId, roles, slug }
      }),
  )
  return { tenants, console: page.origins['admin-client'] }
}

export default function Tenants() {
  const { tenants, console } = useLoaderData<typeof loader>()
  const t = useTranslations('tenants')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      {tenants.length === 0 && <p>{t('none')}</p>}
      <ul className="sessions">
        {tenants.map(({ tenantId, slug, roles }) => (
          <li key={tenantId}>
            <a href={`${console}/t/${slug}`}>{slug}</a>
            <span className="quiet">{roles.join(', ')}</span>
          </li>
        ))}
      </ul>
      <p>
        <a href="/account">{t('account')}</a>
      </p>
    </>
  )
}
