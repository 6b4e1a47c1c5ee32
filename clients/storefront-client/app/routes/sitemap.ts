import type { PageRequest } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'

const { listCategories, listCollections, listProducts } = productContract.operations
const perRead = 100
/** As many as one sitemap may hold (sitemaps.org) are more than one request should read. */
const maxProducts = 5_000

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  const home = page.origin
  const [{ items: categories }, { items: collections }] = await Promise.all([
    page.call(listCategories, {}),
    page.call(listCollections, {}),
  ])
  const paths = [
    '/',
    ...categories.map(({ slug }) => `/categories/${slug}`),
    ...collections.map(({ slug }) => `/collections/${slug}`),
    ...(await productSlugs(page)).map((slug) => `/products/${slug}`),
  ]
  const entries = paths.map(
    (path) => `<url><loc>${escaped(encodeURI(`${home}${path}`))}</loc></url>`,
  )
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
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

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;')
}
