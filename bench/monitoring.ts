import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createTestClient,
  startCluster,
  startTestPlatform,
  type TestPlatform,
} from '@prognetwork/testing'
import pg from 'pg'
import { databaseCpuSeconds } from './database-cpu.ts'
import { atLeast, atMost, type Figure, informs, median } from './figure.ts'
import { load, sound } from './load.ts'
import { createCarts, makeVariants, order, settled } from './orders.ts'
import { accessToken, makeOperator, withoutLimits } from './people.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'
import { makeShop, type Shop } from './shop.ts'
import { superuserOf } from './state-database.ts'

const rounds = 5
const seconds = 4
const buyers = 32
const cartsPerRound = 1_000 * seconds
/** A collector sends what it has within a second. */
const keptMs = 1_500

/**
 * How many spans are kept in a second, and what it costs an order and a request that they are: two
 * platforms that differ in that alone take turns in one run.
 */
export async function run(): Promise<Figure[]> {
  return [...(await ingest()), ...(await overhead())]
}

const spansPerRound = 20_000
const spansPerTrace = 10

async function ingest(): Promise<Figure[]> {
  const { cluster, stop } = await startCluster()
  const platform = await startTestPlatform({ cluster })
  const rates: number[] = []
  const cpu: number[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      tellSpans(platform)
      const started = performance.now()
      const before = process.cpuUsage()
      await platform.telemetry.flush()
      const { user, system } = process.cpuUsage(before)
      // The first round warms up.
      if (round === 0) continue
      rates.push((spansPerRound / (performance.now() - started)) * 1_000)
      cpu.push((user + system) / spansPerRound)
    }
    if (platform.telemetry.dropped > 0) throw new Error('not all spans were kept')
  } finally {
    await platform.stop()
    await stop()
  }
  return [
    atLeast('spans kept, with the objects they name', median(rates), 45_000, 'rows/s'),
    informs('CPU of the process that keeps them', median(cpu), 'us a row'),
  ]
}

/** As orders make them: traces of ten spans, three of which name the order. */
function tellSpans({ telemetry, clock }: TestPlatform): void {
  const tenants = Array.from({ length: 20 }, () => randomUUID())
  for (let n = 0; n < spansPerRound / spansPerTrace; n++) {
    const traceId = randomBytes(16).toString('hex')
    const tenantId = tenants[n % tenants.length]
    const objects = [`order:${randomUUID()}`]
    let parentSpanId: string | undefined
    for (let depth = 0; depth < spansPerTrace; depth++) {
      const spanId = randomBytes(8).toString('hex')
      telemetry.accept({
        ...{ traceId, spanId, parentSpanId, tenantId, name: 'checkOut', service: 'order-service' },
        ...{ kind: 'server', status: 'ok', startMs: clock.nowMs(), durationUs: 1_000 * depth },
        attributes: depth === 0 ? { 'http.response.status_code': 201 } : {},
        objects: depth < 3 ? objects : [],
      })
      parentSpanId = spanId
    }
  }
}

interface Measured {
  readonly server: ServerProcess
  readonly state: string
  readonly sql: pg.Client
  readonly shop: Shop
  readonly variants: readonly string[]
  readonly token: string
  stop(): Promise<void>
}

async function start(telemetry: 'on' | 'off'): Promise<Measured> {
  const state = await temporaryState()
  const env = { ...withoutLimits, LOG_LEVEL: 'info', TELEMETRY: telemetry }
  const server = await startServer(state, env)
  const sql = new pg.Client(superuserOf(state))
  await sql.connect()
  await makeOperator(server)
  const shop = await makeShop(server, 'measured')
  return {
    ...{ server, state, sql, shop },
    variants: await makeVariants(shop, 100),
    token: await accessToken(createTestClient(server.origin), 'operator@example.com'),
    async stop() {
      await sql.end()
      await server.stop()
      await removeState(state)
    },
  }
}

async function overhead(): Promise<Figure[]> {
  const kept = await start('on')
  const off = await start('off')
  const orders: number[] = []
  const requests: number[] = []
  const extra: number[] = []
  const rows: number[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      const before = await countRows(kept.sql)
      const withIt = await perOrder(kept)
      const told = (await countRows(kept.sql)) - before
      const without = await perOrder(off)
      const [one, other] = [await perRequest(kept), await perRequest(off)]
      if (round === 0) continue
      orders.push(withIt.cpuMs / without.cpuMs - 1)
      rows.push(told / withIt.count)
      requests.push(one - other)
      extra.push(one / other - 1)
    }
  } finally {
    await kept.stop()
    await off.stop()
  }
  return [
    atMost('CPU of an order, more than without', median(orders) * 100, 10, '%'),
    informs('rows an order leaves', median(rows), ''),
    informs('CPU of a request with a token, more than without', median(extra) * 100, '%'),
    informs('the same, application and database', median(requests), 'us'),
  ]
}

async function countRows(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query(
    `select (select count(*) from monitoring_service.span)
       + (select count(*) from monitoring_service.log_line)
       + (select count(*) from monitoring_service.touched_object) as count`,
  )
  return Number(rows[0].count)
}

const cpuOf = ({ server, state }: Measured) => server.cpuSeconds() + databaseCpuSeconds(state)

async function perOrder(one: Measured): Promise<{ cpuMs: number; count: number }> {
  const carts = await createCarts(one.sql, one.shop.id)(one.variants, 2, cartsPerRound)
  const before = cpuOf(one)
  const { requests } = await order(one.server, one.shop, carts, { workers: buyers, seconds })
  await settled(one.sql)
  await sleep(keptMs)
  return { cpuMs: ((cpuOf(one) - before) / requests) * 1_000, count: requests }
}

async function perRequest(one: Measured): Promise<number> {
  const before = cpuOf(one)
  const headers = { authorization: `Bearer ${one.token}` }
  const next = () => ({ method: 'GET' as const, path: '/api/v1/me/permissions', headers })
  const { requests } = sound(
    await load(one.server.origin, { connections: 32, seconds, status: 200, next }),
  )
  await sleep(keptMs)
  return ((cpuOf(one) - before) / requests) * 1e6
}
