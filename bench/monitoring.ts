import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTracer, startTrace } from '@prognetwork/shared-infrastructure/telemetry'
import {
  createTestClient,
  startCluster,
  startTestPlatform,
  type TestPlatform,
} from '@prognetwork/testing'
import pg from 'pg'
import { databaseCpuSeconds } from './database-cpu.ts'
import { atLeast, atMost, type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { createCarts, makeVariants, order, settled } from './orders.ts'
import { accessToken, makeOperator, withoutLimits } from './people.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'
import { makeShop, type Shop } from './shop.ts'
import { superuserOf } from './state-database.ts'

const rounds = 8
const seconds = 3
const buyers = 32
const cartsPerRound = 1_000 * seconds
/** A collector sends what it has within a second. */
const keptMs = 1_500

/**
 * How many spans are kept in a second, and what it costs an order and a request that they are: two
 * platforms that differ in that alone take turns in one run.
 */
export async function run(): Promise<Figure[]> {
  return [oneSpan(), ...(await ingest()), ...(await overhead())]
}

/** A span as most requests leave one: for a tenant, about an object, handed to a sink. */
function oneSpan(): Figure {
  const tracer = createTracer({ service: 'order-service', sink: { accept: () => {} } })
  const parent = startTrace()
  const [tenantId, orderId] = [randomUUID(), randomUUID()]
  const count = 300_000
  const measured: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage()
    for (let n = 0; n < count; n++) {
      const span = tracer.start('readOrder', 'server', parent)
      span.belongTo(tenantId)
      span.touch('order', orderId)
      span.end()
    }
    const { user, system } = process.cpuUsage(before)
    measured.push((user + system) / count)
  }
  return atMost('a span with its tenant and an object', median(measured.slice(1)), 1, 'us CPU')
}

const spansPerRound = 20_000
const spansPerTrace = 10
const told = 'measured'

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
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from monitoring_service.span where name = '${told}'`,
    )
    if (rows[0].count !== spansPerRound * (rounds + 1)) throw new Error('not all spans were kept')
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
        ...{ traceId, spanId, parentSpanId, tenantId, name: told, service: 'order-service' },
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

/** What so many orders or requests took, of all rounds together. */
interface Sum {
  cpuSeconds: number
  count: number
}

const perOne = ({ cpuSeconds, count }: Sum) => cpuSeconds / count

async function overhead(): Promise<Figure[]> {
  const kept = await start('on')
  const off = await start('off')
  const nothing = (): Sum => ({ cpuSeconds: 0, count: 0 })
  const orders = new Map([kept, off].map((one) => [one, nothing()]))
  const requests = new Map([kept, off].map((one) => [one, nothing()]))
  let rows = 0
  try {
    for (let round = 0; round <= rounds; round++) {
      const before = await countRows(kept.sql)
      // Whoever comes second finds the machine as the first left it, so they take turns.
      const turns = round % 2 === 0 ? [kept, off] : [off, kept]
      for (const one of turns) add(orders.get(one), await placeOrders(one), round)
      if (round > 0) rows += (await countRows(kept.sql)) - before
      for (const one of turns) add(requests.get(one), await sendRequests(one), round)
    }
  } finally {
    await kept.stop()
    await off.stop()
  }
  const [withIt = nothing(), without = nothing()] = orders.values()
  const [request = nothing(), bareRequest = nothing()] = requests.values()
  return [
    atMost('CPU of an order, more than without', more(withIt, without), 10, '%'),
    informs('rows an order leaves', rows / withIt.count, ''),
    informs('CPU of a request with a token, more than without', more(request, bareRequest), '%'),
    informs('the same', (perOne(request) - perOne(bareRequest)) * 1e6, 'us'),
  ]
}

const more = (one: Sum, other: Sum) => (perOne(one) / perOne(other) - 1) * 100

/** The first round warms up. */
function add(sum: Sum | undefined, { cpuSeconds, count }: Sum, round: number): void {
  if (!sum || round === 0) return
  sum.cpuSeconds += cpuSeconds
  sum.count += count
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

async function placeOrders(one: Measured): Promise<Sum> {
  const carts = await createCarts(one.sql, one.shop.id)(one.variants, 2, cartsPerRound)
  const before = cpuOf(one)
  const { requests } = await order(one.server, one.shop, carts, { workers: buyers, seconds })
  await settled(one.sql)
  await sleep(keptMs)
  return { cpuSeconds: cpuOf(one) - before, count: requests }
}

async function sendRequests(one: Measured): Promise<Sum> {
  const before = cpuOf(one)
  const headers = { authorization: `Bearer ${one.token}` }
  const next = () => ({ method: 'GET' as const, path: '/api/v1/me/permissions', headers })
  const { requests } = await load(one.server.origin, {
    connections: 32,
    seconds,
    status: 200,
    next,
  })
  await sleep(keptMs)
  return { cpuSeconds: cpuOf(one) - before, count: requests }
}
