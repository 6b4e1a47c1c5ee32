import type { PageRequest } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { data } from 'react-router'
import { type Reader, readShop } from '../shop.server.ts'
import { describe } from './meta.ts'

const perPage = 24

interface Named {
  readonly slug: string
  readonly name: string
}

/** A page of the products that are in a category or a collection, and what its head says. */
export async function readList<One extends Named>(
  page: PageRequest,
  of: {
    readonly in: 'category' | 'collection'
    readonly slug: string
    /** All there are of its kind. */
    readonly known: Promise<readonly One[]>
    /** Where its pages are. */
    readonly path: string
    readonly reader: Reader
    /** Where in the list the page begins. */
    readonly after: string | null
  },
) {
  const { slug, after, reader } = of
  const [shop, known, products] = await Promise.all([
    readShop(page),
    of.known,
    page.call(productContract.operations.listProducts, {
      query: { [of.in]: slug, limit: perPage, ...reader, ...(after !== null && { after }) },
    }),
  ])
  const one = known.find((other) => other.slug === slug)
  if (!one) throw data(null, { status: 404 })
  const { name } = one
  const address = `${page.origin}${of.path}/${slug}`
  const titles = products.items.slice(0, 5).map(({ title }) => title)
  return {
    ...products,
    ...{ one, known },
    ...describe({
      title: `${name} – ${shop.name}`,
      description: `${name}: ${titles.join(', ')}`,
      // Pages after the first are reached by it, and kept by no search engine.
      ...(after === null && { address }),
      structured: { '@type': 'CollectionPage', name, url: address },
    }),
  }
}
