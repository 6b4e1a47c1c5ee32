import type { Context } from '@prognetwork/contracts'
import { monitoringContract, tellingServices } from '@prognetwork/contracts/monitoring'
import { tenantContract } from '@prognetwork/contracts/tenant'
import type { Running } from '@prognetwork/shared-infrastructure'
import { type AnyDefinition, createJobContext } from '@prognetwork/shared-infrastructure/host'
import {
  callingAs,
  clients,
  services,
  startCluster,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { listLogLines, listTraces, recordTelemetry } = monitoringContract.operations
const { readTenant } = tenantContract.operations

// The server is one of its own: what is done to it would trouble others.
let platform: TestPlatform
let shop: TestShop
let stopCluster: () => Promise<void>
let running: Running | undefined
let system: Context | undefined
const orders = callingAs('order-service')

/** The service itself, so that a job of it can be run before its time. */
const overheard = (definition: AnyDefinition): AnyDefinition => ({
  ...definition,
  async start(parts: never) {
    const started = await definition.start(parts)
    running = {
      ...started,
      ready(ctx) {
        system = ctx
        return started.ready?.(ctx) ?? Promise.resolve([])
      },
    }
    return running as never
  },
})

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  const definitions = orders.definitions.map((one) =>
    one.name === 'monitoring-service' ? overheard(one) : one,
  )
  platform = await startTestPlatform({ cluster, definitions })
  shop = await platform.shop()
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

const tables = ['log_line', 'span', 'touched_object']

async function days(): Promise<string[]> {
  const { rows } = await platform.sql.query(
    `select i.inhparent::regclass::text || ' ' || right(c.relname, 8) as day
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent::regclass::text like 'monitoring_service.%' and c.relkind = 'r' order by 1`,
  )
  return rows.map((row) => row.day.replace('monitoring_service.', ''))
}

const dayOf = (daysAhead: number) =>
  new Date(platform.clock.nowMs() + daysAhead * 86_400_000)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '')

describe('days', () => {
  test('are made ahead, and the one before today is there', async () => {
    expect(await days()).toEqual(
      tables.flatMap((table) => [-1, 0, 1, 2, 3].map((ahead) => `${table} ${dayOf(ahead)}`)),
    )
  })

  test('are dropped when they are older than telemetry is kept for', async () => {
    const make = (daysAgo: number) =>
      platform.sql.query('select monitoring_service.ensure_days(current_date - $1::int, 0)', [
        daysAgo,
      ])
    for (const daysAgo of [20, 7]) await make(daysAgo)
    const job = running?.jobs?.find((one) => one.name === 'keep-days')
    const ctx = system
    if (!job || !ctx) throw new Error('the service was not overheard')
    await job.run(createJobContext(ctx, () => ctx, ctx.log))
    const left = await days()
    expect(left.filter((one) => one.startsWith('span'))).toEqual(
      [-7, -1, 0, 1, 2, 3].map((ahead) => `span ${dayOf(ahead)}`),
    )
    expect(left).toHaveLength(18)
  })
})

describe('what a process that runs apart tells', () => {
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'tell',
    kind: 'internal',
    service: 'order-service',
    durationUs: 1_000,
    status: 'ok',
    attributes: {},
    objects: [] as string[],
  } as const

  test('is kept under the tenants it names', async () => {
    const told = { ...span, tenantId: shop.id, startMs: platform.clock.nowMs() }
    await orders.call(shop.id, recordTelemetry, { body: { spans: [told], lines: [] } })
    // A batch that was kept and not known to be may come again.
    await orders.call(shop.id, recordTelemetry, { body: { spans: [told], lines: [] } })
    const { body } = await shop.staff.call(listTraces, { query: { operation: 'tell' } })
    expect(body.items).toMatchObject([{ traceId: span.traceId, spanCount: 1 }])
  })

  test('is left out where no day was made for it', async () => {
    const told = { ...span, tenantId: shop.id, name: 'told late' }
    const lateMs = platform.clock.nowMs() - 30 * 86_400_000
    const spans = [
      { ...told, startMs: lateMs },
      { ...told, name: 'told in time', startMs: platform.clock.nowMs() },
    ]
    await orders.call(shop.id, recordTelemetry, { body: { spans, lines: [] } })
    const of = async (operation: string) =>
      (await shop.staff.call(listTraces, { query: { operation } })).body.items
    expect(await of('told in time')).toHaveLength(1)
    expect(await of('told late')).toEqual([])
    const operator = await platform.operator()
    expect((await operator.raw('GET', '/metrics')).body).toMatch(
      /telemetry_out_of_time_records\{service="monitoring-service"\} 1\b/,
    )
  })

  test('may come from every service there is', () => {
    const names = [...services, ...clients]
      .map((one) => one.name)
      .filter((one) => one !== 'monitoring-service')
    expect([...tellingServices]).toEqual(names.sort())
  })
})

describe('while its database', () => {
  const requests = async (count: number): Promise<number> => {
    let slowestMs = 0
    for (let n = 0; n < count; n++) {
      const started = performance.now()
      const { status } = await shop.staff.call(readTenant, {})
      expect(status).toBe(200)
      slowestMs = Math.max(slowestMs, performance.now() - started)
    }
    return slowestMs
  }

  test('is slow, requests are not', async () => {
    await platform.telemetry.flush()
    await platform.sql.query('begin; lock table monitoring_service.span in access exclusive mode')
    try {
      await requests(5)
      const flushed = platform.telemetry.flush()
      const slowestMs = await requests(50)
      expect(slowestMs).toBeLessThan(1_000)
      expect(await Promise.race([flushed.then(() => 'kept'), Promise.resolve('waits')])).toBe(
        'waits',
      )
    } finally {
      await platform.sql.query('rollback')
    }
    await platform.telemetry.flush()
    expect(platform.telemetry.dropped).toBe(0)
  })

  test('is away, requests are answered and what is lost is counted', async () => {
    await platform.telemetry.flush()
    await platform.sql.query('alter role monitoring_service_platform nologin')
    await platform.sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where usename = 'monitoring_service_platform'`,
    )
    const { length } = platform.logLines
    await requests(50)
    await platform.telemetry.flush()
    const lost = platform.telemetry.dropped
    // A span of the gateway, one of the service, and a line, for each.
    expect(lost).toBeGreaterThanOrEqual(150)
    // It says nothing of its own about that: each sentence would be lost as well, and tell of itself.
    const about = platform.logLines.slice(length).filter((one) => !one.includes('"Request"'))
    expect(about.filter((one) => one.includes('monitoring-service'))).toEqual([])

    await platform.sql.query('alter role monitoring_service_platform login')
    const { headers } = await shop.staff.call(readTenant, {})
    await platform.telemetry.flush()
    expect(platform.telemetry.dropped).toBe(lost)
    const traceId = String(headers['prog-trace-id'])
    const { body } = await shop.staff.call(listLogLines, { query: { traceId } })
    expect(body.items).toHaveLength(1)
  })
})

test('telemetry comes to rest: keeping it leaves nothing to be kept', async () => {
  await platform.telemetry.flush()
  const count = async () => {
    const { rows } = await platform.sql.query(
      `select (select count(*) from monitoring_service.span where service = 'monitoring-service')
         + (select count(*) from monitoring_service.log_line
            where service = 'monitoring-service')::int as count`,
    )
    return Number(rows[0].count)
  }
  const before = await count()
  await shop.staff.call(readTenant, {})
  for (let n = 0; n < 5; n++) await platform.telemetry.flush()
  expect(await count()).toBe(before)
})
