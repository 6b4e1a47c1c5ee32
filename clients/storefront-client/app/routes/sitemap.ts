import type { PageRequest } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { alternatesOf } from '../parts/languages.ts'

const { listCategories, listCollections, listProducts } = productContract.operations
const perRead = 100
/** As many as one sitemap may hold (sitemaps.org) are more than one request should read. */
const maxProducts = 5_000

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  const home = page.origin
  const [{ items: categories }, { items: collections }] = await Promise.all([
    page.call(listCategories, { query: {} }),
    page.call(listCollections, { query: {} }),
  ])
  const paths = [
    '/',
    ...categories.map(({ slug }) => `/categories/${slug}`),
    ...collections.map(({ slug }) => `/collections/${slug}`),
    ...(await productSlugs(page)).map((slug) => `/products/${slug}`),
  ]
  const entries = paths.map((path) => entryOf(encodeURI(`${home}${path}`)))
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${entries.join('\n')}
</urlset>
`
  return new Response(text, { headers: { 'content-type': 'application/xml' } })
}

async function productSlugs(page: PageRequest): Promise<string[]> {
  const slugs: string[] = []
  let after: string | null = null
  do {
    const query: { limit: number; after?: string } = {
      limit: perRead,
      ...(after !== null && { after }),
    }
    const { items, next } = await page.call(listProducts, { query })
    slugs.push(...items.map(({ slug }) => slug))
    after = next
  } while (after !== null && slugs.length < maxProducts)
  return slugs
}

function entryOf(page: string): string {
  const alternates = alternatesOf(page).map(
    ({ language, address }) =>
      `<xhtml:link rel="alternate" hreflang="${language}" href="${escaped(address)}"/>`,
  )
  return `<url><loc>${escaped(page)}</loc>${alternates.join('')}</url>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;')
}
