import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const metricsToken = 'a-token-of-the-collector-of-metrics'
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform({ configuration: { 'api-gateway': { metricsToken } } })
})
afterAll(() => platform?.stop())

const get = (path: string, token?: string) =>
  (token === undefined ? platform.anonymous : platform.anonymous.as(token)).raw('GET', path)

describe('health', () => {
  test('says that the process lives, to anybody', async () => {
    const answer = await get('/health')
    expect([answer.status, answer.body]).toEqual([200, { status: 'live' }])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('readiness names each service and whether its database answers', async () => {
    const answer = await get('/readiness')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      status: 'ready',
      services: {
        'user-service': { ready: true, database: 'answers' },
        'api-gateway': { ready: true },
      },
    })
  })

  test('readiness asks the database once for many who ask at a time', async () => {
    await new Promise((resolve) => setTimeout(resolve, 600))
    const count = async () => {
      const { body } = await (await platform.operator()).raw('GET', '/metrics')
      const line =
        /db_client_operation_duration_seconds_count\{service="user-service",statement="read",outcome="ok"\} (\d+)/.exec(
          String(body),
        )
      return Number(line?.[1])
    }
    await get('/readiness')
    const before = await count()
    await Promise.all(Array.from({ length: 50 }, () => get('/readiness')))
    expect((await count()) - before).toBeLessThan(20)
  })
})

describe('metrics', () => {
  test('are for operators and for who has the token', async () => {
    const person = await platform.person()
    const operator = await platform.operator()
    expect((await get('/metrics')).problem.code).toBe('identity.credential_missing')
    expect((await person.raw('GET', '/metrics')).problem.code).toBe('identity.permission_denied')
    expect((await operator.raw('GET', '/metrics')).status).toBe(200)
    expect((await get('/metrics', metricsToken)).status).toBe(200)
  })

  test('hold the figures of each service: what was moved, and whether the gateway hears', async () => {
    await platform.person()
    const figure = async (name: string, service: string) => {
      const { body } = await get('/metrics', metricsToken)
      return Number(
        new RegExp(`^${name}\\{service="${service}"\\} (.+)$`, 'm').exec(`${body}`)?.[1],
      )
    }
    const log = 'event-streaming-service'
    await expect.poll(() => figure('event_writer_moved_events', log)).toBeGreaterThan(0)
    expect(await figure('event_writer_leading_ratio', log)).toBe(1)
    expect(await figure('event_outbox_oldest_age_seconds', log)).toBeGreaterThanOrEqual(0)
    await expect
      .poll(() => figure('event_watch_current_ratio', 'api-gateway'), { timeout: 5_000 })
      .toBe(1)
    for (const name of ['handled_events', 'parked_keys'])
      expect(await figure(`event_consumer_${name}`, 'product-service'), name).toBe(0)
    // What it does not consume is looked through within seconds.
    for (const name of ['behind_positions', 'behind_seconds'])
      await expect
        .poll(() => figure(`event_consumer_${name}`, 'product-service'), { timeout: 8_000 })
        .toBe(0)
  })

  test('a token that is nearly right is refused', async () => {
    for (const wrong of [
      metricsToken.slice(0, -1),
      `${metricsToken}x`,
      metricsToken.toUpperCase(),
      'x'.repeat(metricsToken.length),
    ])
      expect((await get('/metrics', wrong)).status).toBe(401)
  })

  test('the token opens nothing else', async () => {
    expect((await get('/debug/vars', metricsToken)).status).toBe(401)
    expect((await get('/api/v1/accounts', metricsToken)).status).toBe(401)
  })

  test('are Prometheus text with the requests of each operation', async () => {
    await get('/api/v1/key-set')
    await vi.waitFor(async () => {
      const answer = await get('/metrics', metricsToken)
      expect(answer.headers['content-type']).toMatch(/^text\/plain; version=/)
      expect(answer.body).toMatch(
        /^http_server_request_duration_seconds_count\{service="api-gateway",operation="readKeySet",method="GET",status="200"\} \d+$/m,
      )
      expect(answer.body).toMatch(/^nodejs_eventloop_lag_seconds \S+$/m)
    })
  })
})

describe('debug variables', () => {
  test('are for operators only', async () => {
    const person = await platform.person()
    expect((await get('/debug/vars')).status).toBe(401)
    expect((await person.raw('GET', '/debug/vars')).status).toBe(403)
  })

  test('tell how the process is, and no secret', async () => {
    const operator = await platform.operator()
    const answer = await operator.raw('GET', '/debug/vars')
    expect(answer.body).toMatchObject({
      uptimeSeconds: expect.any(Number),
      versions: { node: process.versions.node },
      memoryBytes: { rss: expect.any(Number) },
      eventLoopDelayMs: { mean: expect.any(Number), p99: expect.any(Number) },
      openHandles: expect.any(Object),
      waitingForConnection: { 'user-service': 0 },
    })
    expect(answer.headers['cache-control']).toBe('no-store')
  })
})

test('without its database a service is not ready, and says so within two seconds', async () => {
  const alone = await startTestPlatform()
  const name = String((await alone.sql.query('select current_database() as name')).rows[0].name)
  try {
    await platform.sql.query(`alter database ${name} with allow_connections false`)
    await platform.sql.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename <> current_user',
      [name],
    )
    const started = performance.now()
    const answer = await alone.anonymous.raw('GET', '/readiness')
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(answer.status).toBe(503)
    expect(answer.body).toMatchObject({
      status: 'not ready',
      services: {
        'user-service': { ready: false, database: 'does not answer' },
        'api-gateway': { ready: true },
      },
    })
    expect((await alone.anonymous.raw('GET', '/health')).status).toBe(200)
    await platform.sql.query(`alter database ${name} with allow_connections true`)
    await vi.waitFor(
      async () => expect((await alone.anonymous.raw('GET', '/readiness')).status).toBe(200),
      { timeout: 5_000, interval: 200 },
    )
  } finally {
    await platform.sql.query(`alter database ${name} with allow_connections true`)
    await alone.stop()
  }
})
