import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { readerOf } from '../shop.server.ts'

const suggested = 6
const longest = 200

export async function loader({ request, context, url }: PageArgs) {
  const q = url.searchParams.get('q')?.slice(0, longest) ?? ''
  if (q.trim() === '') return { titles: [] }
  const { searchProducts } = productContract.operations
  const query = { q, limit: suggested, ...readerOf(request) }
  const { items } = await context.get(pageRequest).call(searchProducts, { query })
  return { titles: items.map(({ title }) => title) }
}
