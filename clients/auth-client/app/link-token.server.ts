// The token of a mailed link leaves the address at once, for a cookie: so it is in no history, no
// list of visited pages and no Referer, and opening the link uses nothing up.
import type { PageRequest } from '@prognetwork/contracts'
import { redirect } from 'react-router'

/** As long as the longest of such links works after it was opened. */
const keptSeconds = 3_600

const cookieOf = (path: string) => `pn-link${path.replaceAll('/', '-')}`

/** The token of the link that led to this page. Throws a redirect to the page without it. */
export function takeLinkToken(page: PageRequest, url: URL): string | undefined {
  const { pathname, searchParams } = url
  const given = searchParams.get('token')
  if (given === null) return page.readCookie(cookieOf(pathname))
  if (/^[A-Za-z0-9_-]{20,200}$/.test(given)) page.setCookie(cookieOf(pathname), given, keptSeconds)
  throw redirect(pathname, 303)
}

export function forgetLinkToken(page: PageRequest, url: URL): void {
  page.setCookie(cookieOf(url.pathname), undefined)
}
