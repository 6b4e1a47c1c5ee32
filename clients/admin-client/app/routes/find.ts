import type { PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import type { FoundThing } from '../palette/found-things.ts'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { permissionsOf } from '../parts/permissions.server.ts'

const shown = 5
const longestWords = 100

/** What words lead to: in a tenant, or in the platform as a whole. */
export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const words = (url.searchParams.get('q') ?? '').trim().slice(0, longestWords)
  if (!page.person || words === '') return { words, items: [] }
  const { tenant } = params
  const found =
    tenant === undefined
      ? [tenants(page, words), people(page, words)]
      : [orders(page, words, `/t/${tenant}`), products(page, words, `/t/${tenant}`)]
  const lists = await Promise.all(found.map(ifAllowed))
  return { words, items: lists.flatMap((one) => one ?? []) }
}

async function orders(page: PageRequest, words: string, home: string): Promise<FoundThing[]> {
  const { listOrders } = orderContract.operations
  if (!(await permissionsOf(page)).has('order:order:read')) return []
  const isAddress = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(words)
  const reference = words.toUpperCase()
  if (!isAddress && !/^[0-9A-Z-]{4,20}$/.test(reference)) return []
  const { items } = await page.call(listOrders, {
    query: { limit: shown, ...(isAddress ? { email: words } : { reference }) },
  })
  const found = items.map(
    (one): FoundThing => ({
      ...{ kind: 'order', name: one.reference, detail: one.email },
      to: `${home}/orders/${one.id}`,
    }),
  )
  const [first] = items
  if (!isAddress || !first) return found
  const to = `${home}/orders?${new URLSearchParams({ q: first.email })}`
  return [{ kind: 'customer', name: first.email, detail: '', to }, ...found]
}

async function products(page: PageRequest, words: string, home: string): Promise<FoundThing[]> {
  const { items } = await page.call(productContract.operations.searchProducts, {
    query: { q: words, limit: shown },
  })
  return items.map(({ id, title }) => ({
    ...{ kind: 'product', name: title, detail: '', to: `${home}/products/${id}` },
  }))
}

async function tenants(page: PageRequest, words: string): Promise<FoundThing[]> {
  const { items } = await page.call(tenantContract.operations.listTenants, {
    query: { limit: shown, words },
  })
  return items.map(({ id, name, slug }) => ({
    ...{ kind: 'tenant', name, detail: slug, to: `/tenants/${id}` },
  }))
}

async function people(page: PageRequest, words: string): Promise<FoundThing[]> {
  const { items } = await page.call(userContract.operations.listAccounts, {
    query: { limit: shown, words },
  })
  return items.map(({ id, displayName, email }) => ({
    ...{ kind: 'person', name: displayName, detail: email, to: `/people/${id}` },
  }))
}
