import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Outlet, redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { Keys } from '../frame/keys.tsx'
import { Sidebar } from '../frame/sidebar.tsx'

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { pathname, search } = url
  if (!page.person) {
    const query = new URLSearchParams({ tenant: params.tenant ?? '', to: `${pathname}${search}` })
    throw redirectDocument(`/enter?${query}`)
  }
  const { permissions } = await page.call(userContract.operations.readPermissions, {})
  return { slug: params.tenant ?? '', shop: page.origins['storefront-client'], permissions }
}

export default function Tenant() {
  const { slug, shop } = useLoaderData<typeof loader>()
  const t = useTranslations('frame')
  return (
    <div className="console">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <Sidebar slug={slug} shop={shop} />
      <main id="content">
        <Outlet />
      </main>
      <Keys home={`/t/${slug}`} />
    </div>
  )
}
