import { ConnectionNotice } from '@prognetwork/ui/connection-notice'
import { Document } from '@prognetwork/ui/document'
import type { PageArgs } from '@prognetwork/ui/page-request'
import { ProblemPage } from '@prognetwork/ui/problem-page'
import { Outlet, useRouteLoaderData } from 'react-router'
import { IntlProvider } from 'use-intl'
import styles from './app.css?url'
import { speak } from './languages.server.ts'
import fallback from './messages/en.json' with { type: 'json' }

export const links = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

export const meta = () => [{ name: 'robots', content: 'noindex' }]

export function loader({ request }: PageArgs) {
  return speak(request)
}

export function Layout({ children }: { readonly children: React.ReactNode }) {
  const root = useRouteLoaderData<typeof loader>('root')
  const language = root?.language ?? 'en'
  return (
    <Document language={language}>
      <IntlProvider
        locale={root?.locale ?? language}
        messages={root?.messages ?? fallback}
        timeZone="UTC"
      >
        {children}
      </IntlProvider>
    </Document>
  )
}

export default function Root() {
  return (
    <>
      <Outlet />
      <ConnectionNotice />
    </>
  )
}

export { ProblemPage as ErrorBoundary }
