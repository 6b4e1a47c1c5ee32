import { randomUUID } from 'node:crypto'
import { type CallInput, platformTenantId } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { tenantContract, tenantSettingsChanged } from '@prognetwork/contracts/tenant'
import { on } from '@prognetwork/event-based-service-client'
import type { ServiceDefinition } from '@prognetwork/shared-infrastructure'
import { services, startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// Replays as operators ask for them, over HTTP, into a service that consumes.

const {
  cancelReplay,
  listReplays,
  listStreams,
  pauseReplay,
  readReplay,
  resumeReplay,
  startReplay,
} = eventStreamingContract.operations
const { changeSettings, readSettings } = tenantContract.operations

let platform: TestPlatform
let shop: TestShop
let operator: Awaited<ReturnType<TestPlatform['operator']>>
/** The tenants whose settings were heard of, history included. */
let heard: string[]
/** This life of the log. */
let incarnation: string

const service = 'product-service'
const consuming = (definition: ServiceDefinition): ServiceDefinition => ({
  ...definition,
  async start(parts) {
    const running = await definition.start(parts)
    const consumer = on(tenantSettingsChanged, (ctx) => void heard.push(ctx.scope.tenantId))
    return { ...running, consumers: [...(running.consumers ?? []), consumer] }
  },
})

beforeAll(async () => {
  heard = []
  platform = await startTestPlatform({
    definitions: services.map((one) =>
      one.name === service ? consuming(one as ServiceDefinition) : one,
    ),
  })
  operator = await platform.operator()
  shop = await platform.shop()
  const { rows } = await platform.sql.query(
    `select incarnation from event_streaming_service.log_head where log = 'domain'`,
  )
  incarnation = rows[0].incarnation
})
beforeEach(async () => {
  heard = []
  await change('#0f5f66')
  await change('#1f5f66')
  heard = []
})
afterAll(() => platform?.stop())

/** Makes a tenant.settings_changed, and waits until it is consumed. */
async function change(brandColor: string): Promise<void> {
  const before = heard.length
  const { body } = await shop.staff.call(readSettings, { query: {} })
  const { version } = body
  const answer = await shop.staff.call(changeSettings, {
    body: { version, changes: { brandColor } },
  })
  expect(answer.status).toBe(200)
  await expect.poll(() => heard.length).toBe(before + 1)
}

type Wanted = Omit<CallInput<typeof startReplay>['body'], 'service'>

const start = (wanted: Wanted = {}, headers: Record<string, string> = {}) =>
  operator.call(startReplay, { body: { service, ...wanted } }, headers)
const at = (replayId: string) => ({ params: { service, replayId } })

async function ended(replayId: string) {
  await expect
    .poll(async () => (await operator.call(readReplay, at(replayId))).body.endedAt)
    .not.toBeNull()
  return (await operator.call(readReplay, at(replayId))).body
}

async function head(): Promise<string> {
  const { body } = await shop.staff.call(listStreams, {})
  return body.items[0]?.cursor ?? ''
}

test('an operator has a service handle the history of a tenant again, and is told how far', async () => {
  const { status, body } = await start({ tenantId: shop.id })
  expect(status).toBe(202)
  expect(body).toMatchObject({
    ...{
      service,
      tenantId: shop.id,
      subject: null,
      types: expect.arrayContaining(['tenant.settings_changed']),
    },
    ...{ askedBy: operator.accountId, failure: null },
  })
  const replay = await ended(body.id)
  expect(replay).toMatchObject({ state: 'done', progress: { events: heard.length } })
  expect(heard.length).toBeGreaterThanOrEqual(2)
  expect(new Set(heard)).toEqual(new Set([shop.id]))
})

test('another request under an Idempotency-Key that was used starts nothing', async () => {
  const other = { service: 'order-service', paused: true }
  const ask = (headers = {}) => operator.call(startReplay, { body: other }, headers)
  // Its history begins when it is written how far it has come.
  await expect.poll(async () => (await ask()).status, { timeout: 15_000 }).toBe(202)
  const { body: before } = await operator.call(listReplays, { query: { service: other.service } })
  const params = { service: other.service, replayId: before.items[0]?.id ?? '' }
  await operator.call(cancelReplay, { params })
  const key = { 'idempotency-key': randomUUID() }
  await ended((await start({ tenantId: shop.id }, key)).body.id)
  expect((await ask(key)).problem.code).toBe('idempotency.body_mismatch')
  const { body: after } = await operator.call(listReplays, { query: { service: other.service } })
  expect(after.items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id))
})

test('two requests under one Idempotency-Key are one replay', async () => {
  const key = { 'idempotency-key': randomUUID() }
  const first = await start({ paused: true }, key)
  const second = await start({ paused: true }, key)
  expect([first.status, second.status]).toEqual([202, 202])
  expect(second.body).toEqual(first.body)
  // Also when the first was carried out and never answered.
  await platform.sql.query('delete from event_streaming_service.idempotency')
  expect((await start({ paused: true }, key)).body).toEqual(first.body)
  await operator.call(cancelReplay, at(first.body.id))
})

test('replays are listed in pages, the newest first, and what was done to them is audited', async () => {
  const made: string[] = []
  const states: string[] = []
  for (let n = 0; n < 3; n++) {
    const { body } = await start({ paused: true })
    made.unshift(body.id)
    const steps = [pauseReplay, resumeReplay, cancelReplay].slice(n)
    for (const step of steps) await operator.call(step, at(body.id))
    states.unshift((await ended(body.id)).state)
  }
  const first = (await operator.call(listReplays, { query: { service, limit: '2' } })).body
  expect(first.items.map(({ id }) => id)).toEqual(made.slice(0, 2))
  const after = first.next ?? ''
  const second = (await operator.call(listReplays, { query: { limit: '1', after } })).body
  expect(second.items.map(({ id }) => id)).toEqual(made.slice(2))
  const told = async (id = '') => {
    const { rows } = await platform.sql.query(
      `select action, subject, tenant_id = $2 as "ofPlatform" from event_streaming_service.audit
       where resource = $1 order by xid, at`,
      [`replay/${id}`, platformTenantId],
    )
    return rows
  }
  const done = (action: string) => ({
    ...{ action: `replay.${action}`, subject: operator.accountId, ofPlatform: true },
  })
  expect(await told(made[0])).toEqual([done('started'), done('cancelled')])
  // It may have come to its end before it was cancelled, and then nobody did.
  const last = states[1] === 'cancelled' ? [done('cancelled')] : []
  expect(await told(made[1])).toEqual([done('started'), done('resumed'), ...last])
})

test('nobody but operators starts, sees or steers replays', async () => {
  const asked = [
    [startReplay, { body: { service, tenantId: shop.id } }],
    [listReplays, { query: {} }],
    ...[readReplay, pauseReplay, resumeReplay, cancelReplay].map(
      (operation) => [operation, at(randomUUID())] as const,
    ),
  ] as const
  for (const [operation, input] of asked) {
    const nobody = await platform.anonymous.call(operation, input as never)
    expect([nobody.status, nobody.problem.code]).toEqual([401, 'identity.credential_missing'])
    const owner = await shop.staff.call(operation, input as never)
    expect([owner.status, owner.problem.code]).toEqual([403, 'identity.permission_denied'])
  }
})

const codeOf = async (answer: ReturnType<typeof start>) => {
  const { status, problem } = await answer
  return [status, problem.code]
}

test('a service that consumes nothing is refused, whether it is there or not', async () => {
  const missing = [404, 'event_streaming.consumer_missing']
  const elsewhere = { params: { service: 'nobody-service', replayId: randomUUID() } }
  const asked = [
    // It watches, and keeps no place.
    operator.call(startReplay, { body: { service: 'event-streaming-service' } }),
    operator.call(startReplay, { body: { service: 'nobody-service' } }),
    operator.call(listReplays, { query: { service: 'nobody-service' } }),
    ...[readReplay, pauseReplay, resumeReplay, cancelReplay].map((operation) =>
      operator.call(operation, elsewhere),
    ),
  ]
  for (const answer of asked) expect(await codeOf(answer as never)).toEqual(missing)
})

test('a window that holds nothing is refused', async () => {
  const empty = [422, 'event_streaming.replay_window_empty']
  const [from, to] = ['2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z']
  expect(await codeOf(start({ after: await head() }))).toEqual(empty)
  expect(await codeOf(start({ from, to }))).toEqual(empty)
  expect(await codeOf(start({ upTo: cursorAt(0) }))).toEqual(empty)
})

test('a type that the service does not consume is refused', async () => {
  expect(await codeOf(start({ types: ['tenant.settings_changed', 'tenant.created'] }))).toEqual([
    422,
    'event_streaming.replay_type_unknown',
  ])
})

/** A cursor as the log gives them out, of this life of it or another. */
function cursorAt(position: number, life = incarnation): string {
  return Buffer.from(JSON.stringify([1, 'domain', life, position])).toString('base64url')
}

test('what is no cursor, or one of another life of the log, is refused', async () => {
  expect(await codeOf(start({ after: 'not a cursor' }))).toEqual([400, 'request.invalid'])
  expect(await codeOf(start({ upTo: cursorAt(1, randomUUID()) }))).toEqual([
    409,
    'event_streaming.incarnation_ended',
  ])
})

test('history that retention has dropped is refused, unless it is left out', async () => {
  const dropped = [410, 'event_streaming.history_dropped']
  const setFirst = (first: number) =>
    platform.sql.query(
      `update event_streaming_service.log_range set first = $1
       where first = (select min(first) from event_streaming_service.log_range)`,
      [first],
    )
  await setFirst(2)
  expect(await codeOf(start())).toEqual(dropped)
  expect(await codeOf(start({ after: cursorAt(0) }))).toEqual(dropped)
  expect(await codeOf(start({ from: '2020-01-01T00:00:00.000Z' }))).toEqual(dropped)
  const { body } = await start({ after: cursorAt(1) })
  expect((await ended(body.id)).state).toBe('done')
  const recent = await start({ from: new Date().toISOString() })
  await setFirst(0)
  expect(recent.status).toBe(202)
  await ended(recent.body.id)
})

test('one replay into a service at a time, and none is changed after its end', async () => {
  const { body } = await start({ paused: true })
  expect(await codeOf(start({ tenantId: shop.id }))).toEqual([
    409,
    'event_streaming.replay_under_way',
  ])
  expect((await operator.call(cancelReplay, at(body.id))).body.state).toBe('cancelled')
  for (const step of [pauseReplay, resumeReplay, cancelReplay]) {
    const { status, problem } = await operator.call(step, at(body.id))
    expect([status, problem.code]).toEqual([409, 'event_streaming.replay_ended'])
    expect((await operator.call(step, at(randomUUID()))).problem.code).toBe(
      'event_streaming.replay_missing',
    )
  }
  expect((await operator.call(readReplay, at(randomUUID()))).problem.code).toBe(
    'event_streaming.replay_missing',
  )
})
