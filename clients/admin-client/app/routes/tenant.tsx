import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useMemo } from 'react'
import { Outlet, redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { Keys } from '../frame/keys.tsx'
import { cataloguePlaces, housePlaces, type Place, places, watchedPlaces } from '../frame/places.ts'
import { Sidebar } from '../frame/sidebar.tsx'
import { OpenPalette } from '../palette/open-palette.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'

const groups: readonly (readonly Place[])[] = [places, watchedPlaces, housePlaces]

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { pathname, search } = url
  if (!page.person) {
    const query = new URLSearchParams({ tenant: params.tenant ?? '', to: `${pathname}${search}` })
    throw redirectDocument(`/enter?${query}`)
  }
  const permissions = [...(await permissionsOf(page))]
  return { slug: params.tenant ?? '', shop: page.origins['storefront-client'], permissions }
}

export default function Tenant() {
  const { slug, shop, permissions } = useLoaderData<typeof loader>()
  const t = useTranslations('frame')
  const [shown, keyed] = useMemo(() => {
    const may = ({ needs }: Place) => !needs || permissions.includes(needs)
    const shown = groups.map((group) => group.filter(may))
    return [shown, [...shown.flat(), ...cataloguePlaces.filter(may)]]
  }, [permissions])
  return (
    <div className="console">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <Sidebar
        home={`/t/${slug}`}
        groups={shown}
        title={slug}
        search={<OpenPalette home={`/t/${slug}`} places={keyed} />}
      >
        <p>
          <a href={shop}>{t('shop')}</a>
        </p>
      </Sidebar>
      <main id="content">
        <Outlet />
      </main>
      <Keys home={`/t/${slug}`} places={keyed} />
    </div>
  )
}
