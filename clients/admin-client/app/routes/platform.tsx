import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Outlet, redirectDocument, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { Keys } from '../frame/keys.tsx'
import { platformPlaces } from '../frame/places.ts'
import { Sidebar } from '../frame/sidebar.tsx'
import { OpenPalette } from '../palette/open-palette.tsx'

const groups = [platformPlaces]

/** What operators do for the platform as a whole; what each page shows is for whoever may see it. */
export function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) {
    const query = new URLSearchParams({ to: `${url.pathname}${url.search}` })
    throw redirectDocument(`/sign-in?${query}`)
  }
  const account = page.origins['auth-client']
  // Signing out leads on to signing in.
  page.allowFormsTo(account)
  return { account }
}

export default function Platform() {
  const { account } = useLoaderData<typeof loader>()
  const t = useTranslations('frame')
  const home = useTranslations('home')
  return (
    <div className="console">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <Sidebar
        home=""
        groups={groups}
        title={t('platform')}
        search={<OpenPalette home="" places={platformPlaces} />}
      >
        <div className="own">
          <p>
            <a href={`${account}/account`}>{home('account')}</a>
          </p>
          <form method="post" action="/sign-out">
            <button type="submit" className="link">
              {home('signOut')}
            </button>
          </form>
        </div>
      </Sidebar>
      <main id="content">
        <Outlet />
      </main>
      <Keys home="" places={platformPlaces} />
    </div>
  )
}
