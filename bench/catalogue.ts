import type { TestClient } from '@prognetwork/testing'
import { atLeast, atMost, type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { makeOperator, withoutLimits } from './people.ts'
import {
  type MeasuredServer,
  removeState,
  startBareServer,
  startServer,
  temporaryState,
} from './server-process.ts'
import { makeShop, productList, type Shop } from './shop.ts'
import { superuserOf } from './state-database.ts'

const products = 5_000
const seconds = 4
const rounds = 3
const connections = 16

interface Rates {
  readonly list: number[]
  readonly detail: number[]
}

/**
 * Lists of 20 and products as a shopper gets them, through the gateway with everything on, against
 * bare Fastify and SQL on the same tables in the same run; what an import takes.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, {
    ...withoutLimits,
    API_GATEWAY_BULK_PER_MINUTE: '100000',
  })
  try {
    const operator = await makeOperator(server)
    const shop = await makeShop(server, 'measured')
    const importSeconds = await importProducts(shop)
    const floor = await startBareServer('bare-catalogue.ts', [
      JSON.stringify({ connection: superuserOf(state), tenantId: shop.id }),
    ])
    const ours: Rates = { list: [], detail: [] }
    const bare: Rates = { list: [], detail: [] }
    const cpu: Rates = { list: [], detail: [] }
    for (let round = 0; round <= rounds; round++) {
      const measured = await measure(server, shop, floor)
      // The first round warms up.
      if (round === 0) continue
      for (const kind of ['list', 'detail'] as const) {
        ours[kind].push(measured[kind].ours)
        bare[kind].push(measured[kind].bare)
        cpu[kind].push(measured[kind].cpuMs)
      }
    }
    await floor.stop()
    const statements = await statementsPerRequest(server, shop, operator)
    return [
      informs('import, two rows per product', (products * 2) / importSeconds, 'rows/s'),
      informs('bare Fastify and SQL, list of 20', median(bare.list), '/s'),
      atLeast('list of 20', median(ours.list), 1_500, '/s'),
      informs('list of 20, share of the bare floor', median(ours.list) / median(bare.list), ''),
      atMost('list of 20, statements', statements.list, 1, ''),
      informs('list of 20, CPU of the Node process', median(cpu.list), 'ms'),
      informs('bare Fastify and SQL, product', median(bare.detail), '/s'),
      atLeast('product', median(ours.detail), 6_000, '/s'),
      informs('product, share of the bare floor', median(ours.detail) / median(bare.detail), ''),
      atMost('product, statements', statements.detail, 1, ''),
      informs('product, CPU of the Node process', median(cpu.detail), 'ms'),
    ]
  } finally {
    await server.stop()
    await removeState(state)
  }
}

async function importProducts({ staff }: Shop): Promise<number> {
  const started = performance.now()
  const { status, body } = await staff.raw('PUT', '/api/v1/catalogue/import?pictures=link', {
    body: productList(products),
    headers: { 'content-type': 'text/csv' },
  })
  const last = Array.isArray(body) ? body.at(-1) : undefined
  if (status !== 200 || last?.kind !== 'finished')
    throw new Error(`the import failed: ${JSON.stringify(body)}`)
  return (performance.now() - started) / 1_000
}

const ourPath = {
  list: () => '/api/v1/products',
  detail: (n: number) => `/api/v1/products/p-${n % products}`,
}
const barePath = { list: () => '/list', detail: (n: number) => `/detail/p-${n % products}` }

async function measure(server: MeasuredServer, shop: Shop, floor: MeasuredServer) {
  const kind = async (name: 'list' | 'detail') => {
    const bare = await rate(floor, barePath[name], {})
    const before = server.cpuSeconds()
    const ours = await rate(server, ourPath[name], { 'prog-tenant': shop.slug })
    const cpuMs = ((server.cpuSeconds() - before) / ours.requests) * 1_000
    return { ours: ours.perSecond, bare: bare.perSecond, cpuMs }
  }
  return { list: await kind('list'), detail: await kind('detail') }
}

async function rate(
  server: MeasuredServer,
  path: (n: number) => string,
  headers: Record<string, string>,
): Promise<{ requests: number; perSecond: number }> {
  let count = 0
  const done = await load(server.origin, {
    connections,
    seconds,
    status: 200,
    next: () => ({ method: 'GET', path: path(count++ * 7), headers }),
  })
  return done
}

/** As the service counts them; the tenant's setting travels with the statement. */
async function statementsPerRequest(server: MeasuredServer, shop: Shop, operator: TestClient) {
  const count = 200
  const soFar = async () => {
    const { body } = await operator.raw('GET', '/metrics')
    const counted = /^db_client_statements_total\{(?=.*"product-service").*"read".*\} (\d+)$/gm
    return [...String(body).matchAll(counted)].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  const kind = async (path: (n: number) => string) => {
    const before = await soFar()
    for (let n = 0; n < count; n++)
      await fetch(server.origin + path(n), { headers: { 'prog-tenant': shop.slug } })
    return ((await soFar()) - before) / count
  }
  return { list: await kind(ourPath.list), detail: await kind(ourPath.detail) }
}
