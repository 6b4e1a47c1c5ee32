import { orderContract } from '@prognetwork/contracts/order'
import { createTestClient, type TestClient } from '@prognetwork/testing'
import pg from 'pg'
import { databaseCpuSeconds } from './database-cpu.ts'
import { atLeast, atMost, type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { createCarts, form, makeVariants, order, settled } from './orders.ts'
import { makeOperator, withoutLimits } from './people.ts'
import {
  removeState,
  type ServerProcess,
  startBareServer,
  startServer,
  temporaryState,
} from './server-process.ts'
import { makeShop, type Shop } from './shop.ts'
import { superuserOf } from './state-database.ts'

const { checkOut } = orderContract.operations

const products = 500
const seconds = 5
const rounds = 3
const buyers = 32
/** More carts than a round can order. */
const cartsPerRound = 1_500 * seconds

/**
 * Checkouts through the gateway with everything on, driver, event writer and log on the same
 * machine: of two things out of many, and of one thing that everybody wants; against bare Fastify
 * and one statement with the same driver in the same run.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, withoutLimits)
  const sql = new pg.Client(superuserOf(state))
  try {
    await sql.connect()
    const operator = await makeOperator(server)
    const shop = await makeShop(server, 'measured')
    const variants = await makeVariants(shop, products)
    const carts = createCarts(sql, shop.id)
    const connection = superuserOf(state)
    const floor = await startBareServer('bare-checkout.ts', [
      JSON.stringify({ connection, products }),
    ])
    const rates = { many: [] as number[], hot: [] as number[], bare: [] as number[] }
    const p95: number[] = []
    const cpu: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const bare = await load(floor.origin, {
        ...{ connections: buyers, seconds, status: 201 },
        next: bareOrder,
      })
      const full = await carts(variants, 2, cartsPerRound)
      const before = server.cpuSeconds() + databaseCpuSeconds(state)
      const many = await order(server, shop, full, {
        workers: buyers,
        seconds,
      })
      await settled(sql)
      const spent = server.cpuSeconds() + databaseCpuSeconds(state) - before
      const hot = await order(server, shop, await carts(variants.slice(0, 1), 1, cartsPerRound), {
        workers: buyers,
        seconds,
      })
      await settled(sql)
      // The first round warms up.
      if (round === 0) continue
      rates.bare.push(bare.perSecond)
      rates.many.push(many.perSecond)
      rates.hot.push(hot.perSecond)
      p95.push(many.p95Ms)
      cpu.push((spent / many.requests) * 1_000)
    }
    await floor.stop()
    const statements = await statementsPerOrder(
      server,
      operator,
      shop,
      await carts(variants, 2, 300),
    )
    const rate = median(rates.many)
    return [
      informs('bare Fastify and one statement', median(rates.bare), '/s'),
      atLeast('checkouts, two things of many', rate, 500, '/s'),
      atLeast('their share of the bare floor', rate / median(rates.bare), 0.2, ''),
      atMost(`95th percentile at ${buyers} buyers`, median(p95), 80, 'ms'),
      atMost('CPU per order, events handled, app and database', median(cpu), 4, 'ms'),
      atMost('statements per order, events handled', statements, 25, ''),
      informs('checkouts of the one thing that all want', median(rates.hot), '/s'),
      atLeast('their share of the others', median(rates.hot) / rate, 0.8, ''),
    ]
  } finally {
    await sql.end()
    await server.stop()
    await removeState(state)
  }
}

function bareOrder() {
  const one = () => 1 + Math.floor(Math.random() * products)
  return {
    method: 'POST' as const,
    path: '/orders',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ products: [one(), one()], email: 'ada@example.com' }),
  }
}

/** As services count them; what runs in the background anyway is a part of it. */
async function statementsPerOrder(
  server: ServerProcess,
  operator: TestClient,
  shop: Shop,
  carts: string[],
): Promise<number> {
  const client = createTestClient(server.origin).at(shop.slug)
  const soFar = async () => {
    const { body } = await operator.raw('GET', '/metrics')
    const counted = /^db_client_statements_total\{.*\} (\d+)$/gm
    return [...String(body).matchAll(counted)].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  const count = 200
  const before = await soFar()
  for (const cartId of carts.slice(0, count))
    await client.call(checkOut, { body: { cartId, ...form } })
  return ((await soFar()) - before) / count
}
