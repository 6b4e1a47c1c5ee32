import { randomUUID } from 'node:crypto'
import type { Context } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { startCluster } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingGiven,
} from './event-platform.ts'
import { type Receiver, startReceiver } from './receiver.ts'

// How events become deliveries, and how several processes send many of them.

const { createWebhookEndpoint, readWebhookDelivery } = eventStreamingContract.operations
const configuration = { 'event-streaming-service': { webhookAllowedNetworks: '127.0.0.1/32' } }

let stopCluster: () => Promise<void>
let platform: EventPlatform
let receiver: Receiver
let first: EventProcess
let second: EventProcess

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  receiver = await startReceiver()
  platform = await startEventPlatform(cluster)
  first = await platform.start({ configuration })
  second = await platform.start({ configuration })
})
afterAll(async () => {
  await platform?.stop()
  await receiver?.stop()
  await stopCluster?.()
})

/** Somebody at work in a tenant who may do everything with webhooks. */
function person(tenantId: string): Context {
  const permissions = ['create', 'read'].map((action) => `event:webhook:${action}`)
  const ctx = first.context(tenantId)
  return {
    ...ctx,
    principal: {
      ...{ kind: 'user', subject: randomUUID(), tenantId, roles: [] },
      permissions: new Set([...permissions, 'event:delivery:read']),
    },
  }
}

let paths = 0

async function add(tenantId: string, types = ['thing.*']) {
  const path = `/${++paths}`
  const body = { url: receiver.origin + path, eventTypes: types }
  const { id } = await first.maker.call(person(tenantId), createWebhookEndpoint, { body })
  return { id, path }
}

const rows = async <Row>(text: string, ...values: unknown[]): Promise<Row[]> =>
  (await platform.sql.query(text, values)).rows

const deliveries = (endpointId: string) =>
  rows<{ id: string; state: string; attempts: number }>(
    'select id, state, attempts from event_streaming_service.webhook_delivery where endpoint_id = $1',
    endpointId,
  )

async function isSettled(endpointId: string, count: number): Promise<boolean> {
  const all = await deliveries(endpointId)
  return all.length === count && all.every((one) => one.state === 'delivered')
}

test('where nobody has an endpoint the position follows the log, and nothing is written', async () => {
  for (let version = 1; version <= 50; version++)
    await first.make(newTenant(), randomUUID(), version)
  await eventually(async () => {
    const [at] = await rows<{ behind: number }>(
      `select h.next - 1 - p.position as behind from event_streaming_service.log_head h
       join event_streaming_service.webhook_position p using (log) where h.next > 50`,
    )
    return at?.behind === 0
  })
  expect(await rows('select from event_streaming_service.webhook_delivery')).toHaveLength(0)
})

test('each event of a tenant is sent once, by whichever process', async () => {
  const [mine, other] = [newTenant(), newTenant()]
  const [all, some, theirs] = [await add(mine), await add(mine, ['thing.lost']), await add(other)]
  const things = Array.from({ length: 300 }, () => randomUUID())
  await Promise.all(things.map((thing, at) => (at % 2 === 0 ? first : second).make(mine, thing, 1)))
  await eventually(() => isSettled(all.id, 300), 20_000)
  expect(
    receiver
      .at(all.path)
      .map((one) => one.event.subject)
      .sort(),
  ).toEqual(things.sort())
  expect(new Set(receiver.at(all.path).map((one) => one.event.id)).size).toBe(300)
  expect((await deliveries(all.id)).every((one) => one.attempts === 1)).toBe(true)
  expect([await deliveries(some.id), await deliveries(theirs.id)]).toEqual([[], []])
})

test('positions that are taken once more make no delivery twice', async () => {
  const tenant = newTenant()
  const { id } = await add(tenant)
  const { sql } = platform
  await sql.query('update event_streaming_service.webhook_position set position = 0')
  for (let n = 0; n < 20; n++) await first.make(tenant, randomUUID(), 1)
  await eventually(() => isSettled(id, 20), 20_000)
  expect(receiver.received.length).toBe(new Set(receiver.received.map(keyOf)).size)
})

const keyOf = (one: Receiver['received'][number]) => `${one.path} ${one.event.id}`

test('personal fields and what is encrypted stay inside', async () => {
  const tenant = newTenant()
  const { path } = await add(tenant)
  const { db, events } = first.maker
  const ctx = first.context(tenant)
  const data = { thingId: randomUUID(), ownerId: randomUUID(), ownerName: 'Ada Lovelace' }
  await db.batch(ctx, [await events.put(ctx, thingGiven, data)])
  await eventually(() => receiver.at(path).length === 1)
  const [arrived] = receiver.at(path)
  expect(arrived?.event.data).toEqual({ ...data, ownerName: null })
  expect(arrived?.body).not.toMatch(/Ada|enc:/)
})

test('an event of many megabytes arrives whole', async () => {
  const tenant = newTenant()
  const { path } = await add(tenant)
  const data = { thingId: randomUUID(), version: 1, note: 'ü'.repeat(4_000_000) }
  await platform.sql.query(
    `insert into maker_service.outbox
       (tenant_id, id, type, schema_version, key, partition, time, data)
     values ($1, $2, 'thing.made', 1, $3, 0, now(), $4)`,
    [tenant, randomUUID(), data.thingId, JSON.stringify(data)],
  )
  await eventually(() => receiver.at(path).length === 1, 20_000)
  expect(receiver.at(path)[0]?.event.data).toEqual(data)
})

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

test('endpoints that hang delay nobody else, not even of their own tenant', async () => {
  const [slowTenant, quickTenant] = [newTenant(), newTenant()]
  const hanging: Awaited<ReturnType<typeof add>>[] = []
  for (let n = 0; n < 8; n++) {
    const endpoint = await add(slowTenant)
    receiver.answer(endpoint.path, () => {})
    hanging.push(endpoint)
  }
  for (let n = 0; n < 20; n++) await first.make(slowTenant, randomUUID(), 1)
  const held = () => hanging.map(({ path }) => receiver.at(path).length)
  await eventually(() => sum(held()) >= 16)
  const quick = await add(quickTenant)
  const sentAtMs = performance.now()
  await first.make(quickTenant, randomUUID(), 1)
  await eventually(() => receiver.at(quick.path).length === 1)
  expect((receiver.at(quick.path)[0]?.atMs ?? Infinity) - sentAtMs).toBeLessThan(3_000)
  // From each process eight at once to an endpoint at most, and sixteen to a tenant's.
  expect(Math.max(...held())).toBeLessThanOrEqual(16)
  expect(sum(held())).toBeLessThanOrEqual(32)
  // After fifteen seconds each is an attempt without a reply.
  const attempt = await eventually(async () => {
    const [one] = (await deliveries(hanging[0]?.id ?? '')).filter(({ attempts }) => attempts > 0)
    return one
  }, 25_000)
  const read = await first.maker.call(person(slowTenant), readWebhookDelivery, {
    params: { deliveryId: attempt.id },
  })
  const [entry] = read.history
  expect(entry).toMatchObject({ status: null, reply: '', error: 'No reply came in time' })
  expect(entry?.durationMs).toBeGreaterThanOrEqual(15_000)
}, 60_000)

test('a lease that ran out is followed, and what its holder still brings does not count', async () => {
  const tenant = newTenant()
  const { id, path } = await add(tenant)
  const replies: (() => void)[] = []
  receiver.answer(path, (_, reply) => void replies.push(() => reply.end('late')))
  await first.make(tenant, randomUUID(), 1)
  await eventually(() => receiver.at(path).length === 1)
  await platform.sql.query(
    'update event_streaming_service.webhook_delivery set due_at = now() where endpoint_id = $1',
    [id],
  )
  await eventually(() => receiver.at(path).length === 2)
  expect(new Set(receiver.at(path).map((one) => one.headers['webhook-id'])).size).toBe(1)
  replies[0]?.()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect((await deliveries(id)).map((one) => one.state)).toEqual(['waiting'])
  replies[1]?.()
  await eventually(() => isSettled(id, 1))
  expect((await deliveries(id)).map((one) => one.attempts)).toEqual([1])
})

test('what a process was sending when it stopped is sent by another', async () => {
  const tenant = newTenant()
  const { id, path } = await add(tenant)
  receiver.answer(path, () => {})
  const third = await platform.start({ configuration })
  await Promise.all([first.stop(), second.stop()])
  await third.make(tenant, randomUUID(), 1)
  await eventually(() => receiver.at(path).length === 1)
  receiver.answer(path, (_, reply) => void reply.end())
  await third.stop()
  expect((await deliveries(id)).map((one) => [one.state, one.attempts])).toEqual([['waiting', 0]])
  first = await platform.start({ configuration })
  await eventually(() => isSettled(id, 1))
})
