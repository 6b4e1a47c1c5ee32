import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Outlet, redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { Keys } from '../frame/keys.tsx'
import { housePlaces, places } from '../frame/places.ts'
import { Sidebar } from '../frame/sidebar.tsx'

const groups = [places, housePlaces]
const allPlaces = groups.flat()

export function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { pathname, search } = url
  if (!page.person) {
    const query = new URLSearchParams({ tenant: params.tenant ?? '', to: `${pathname}${search}` })
    throw redirectDocument(`/enter?${query}`)
  }
  return { slug: params.tenant ?? '', shop: page.origins['storefront-client'] }
}

export default function Tenant() {
  const { slug, shop } = useLoaderData<typeof loader>()
  const t = useTranslations('frame')
  return (
    <div className="console">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <Sidebar home={`/t/${slug}`} groups={groups} title={slug}>
        <p>
          <a href={shop}>{t('shop')}</a>
        </p>
      </Sidebar>
      <main id="content">
        <Outlet />
      </main>
      <Keys home={`/t/${slug}`} places={allPlaces} />
    </div>
  )
}
