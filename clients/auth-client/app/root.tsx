import { Document } from '@prognetwork/ui/document'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { ProblemPage } from '@prognetwork/ui/problem-page'
import { Outlet, useRouteLoaderData } from 'react-router'
import { IntlProvider } from 'use-intl'
import styles from './app.css?url'
import { readHouse, speak } from './house.server.ts'
import fallback from './messages/en.json' with { type: 'json' }
import { Water } from './parts/water.tsx'

export const links = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

export async function loader({ request, context }: PageArgs) {
  return { ...speak(request), house: await readHouse(context.get(pageRequest)) }
}

export const meta = () => [{ name: 'robots', content: 'noindex' }]

/** No script is sent: nothing here needs one, and passwords are typed here. */
export function Layout({ children }: { readonly children: React.ReactNode }) {
  const root = useRouteLoaderData<typeof loader>('root')
  const language = root?.language ?? 'en'
  return (
    <Document language={language} hasScripts={false}>
      <IntlProvider
        locale={root?.locale ?? language}
        messages={root?.messages ?? fallback}
        timeZone="UTC"
      >
        <div className="halves">
          <div className="words">
            <header className="house">{root?.house.name}</header>
            {children}
          </div>
          <Water color={root?.house.brandColor ?? null} />
        </div>
      </IntlProvider>
    </Document>
  )
}

export default function Root() {
  return (
    <main>
      <Outlet />
    </main>
  )
}

export { ProblemPage as ErrorBoundary }
