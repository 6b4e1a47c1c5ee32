import { ConnectionNotice } from '@prognetwork/ui/connection-notice'
import { Document } from '@prognetwork/ui/document'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { ProblemPage } from '@prognetwork/ui/problem-page'
import { Outlet, useRouteLoaderData } from 'react-router'
import { IntlProvider, useTranslations } from 'use-intl'
import styles from './app.css?url'
import { Footer } from './frame/footer.tsx'
import { Header } from './frame/header.tsx'
import fallback from './messages/en.json' with { type: 'json' }
import { countOf, readCategories, readerOf, readShop, shownCart, speak } from './shop.server.ts'

export const links = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

export async function loader({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const [shop, categories, cart] = await Promise.all([
    readShop(page),
    readCategories(page, readerOf(request)),
    shownCart(page, readerOf(request)),
  ])
  return {
    ...speak(request),
    shop,
    categories: categories
      .filter(({ parentId }) => parentId === null)
      .map(({ id, slug, name, locale }) => ({ id, slug, name, locale })),
    inCart: countOf(cart),
    isSignedIn: page.person !== null,
    home: page.origin,
  }
}

export type RootData = Awaited<ReturnType<typeof loader>>

export function Layout({ children }: { readonly children: React.ReactNode }) {
  // Absent where the shop itself could not be read.
  const root = useRouteLoaderData<typeof loader>('root')
  return (
    <Document language={root?.language ?? 'en'}>
      <IntlProvider
        locale={root?.locale ?? 'en'}
        messages={root?.messages ?? fallback}
        timeZone="UTC"
      >
        {root ? <Framed root={root}>{children}</Framed> : children}
      </IntlProvider>
    </Document>
  )
}

function Framed({
  root,
  children,
}: {
  readonly root: RootData
  readonly children: React.ReactNode
}) {
  const t = useTranslations('frame')
  return (
    <>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <Header {...root} />
      <div id="content">{children}</div>
      <Footer shop={root.shop} />
    </>
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
