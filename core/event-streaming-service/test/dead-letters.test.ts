import { randomUUID } from 'node:crypto'
import { problem } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { on } from '@prognetwork/event-based-service-client'
import { command, Problem } from '@prognetwork/shared-infrastructure'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingGiven,
  thingMade,
} from './event-platform.ts'

const { listDeadLetters, readDeadLetter, redriveDeadLetters, skipDeadLetter } =
  eventStreamingContract.operations

const take = command<[thingId: string, version: number, member: string]>(
  'taking.insert',
  'insert into taking (thing_id, version, member) values ($1, $2, $3)',
)
const unwanted = problem('unprocessable', 'taker.thing_unwanted', 'The thing is not wanted')

let platform: EventPlatform
let process: EventProcess
/** Versions of whatever thing that the taker refuses. */
const refused = new Set<number>()

beforeAll(async () => {
  platform = await startEventPlatform(inject('cluster'))
  process = await platform.start({
    consumes: [thingMade, thingGiven],
    consumers: () => [
      on(thingMade, async (_ctx, { data }, tx) => {
        if (refused.has(data.version)) throw new Problem(unwanted, `Not version ${data.version}`)
        await tx.run(take(data.thingId, data.version, 'one'))
      }),
      on(thingGiven, () => {
        throw new Problem(unwanted, 'Nothing is taken as a gift')
      }),
    ],
  })
})
beforeEach(() => refused.clear())
afterAll(() => platform?.stop())

const permissions = ['read', 'redrive', 'skip'].map((action) => `event:dead_letter:${action}`)
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'ok',
    (error) => error.code,
  )

/** Things whose first version is refused, each with one more behind it. */
async function park(tenantId: string, count: number): Promise<string[]> {
  const things = Array.from({ length: count }, () => randomUUID()).sort()
  refused.add(1)
  for (const thing of things) {
    await process.make(tenantId, thing, 1)
    await process.make(tenantId, thing, 2)
  }
  await eventually(async () => {
    const { items } = await process.ask({ tenantId, permissions }, listDeadLetters, {
      query: { limit: 100 },
    })
    return items.filter((one) => one.events === 2).length === count || undefined
  })
  return things
}

async function taken(tenantId: string): Promise<string[]> {
  const { rows } = await platform.sql.query(
    `select thing_id || ' ' || version as taken from taker_service.taking
     where tenant_id = $1 order by 1`,
    [tenantId],
  )
  return rows.map((row) => row.taken)
}

test('what a service could not handle is listed in pages and shown with what waits', async () => {
  const tenantId = newTenant()
  const who = { tenantId, permissions }
  const things = await park(tenantId, 5)
  const seen: string[] = []
  let after: string | null = null
  do {
    const query: { limit: number; after?: string } = { limit: 2, ...(after && { after }) }
    const { items, next } = await process.ask(who, listDeadLetters, { query })
    seen.push(...items.map((one) => one.key))
    after = next
  } while (after !== null)
  expect(seen).toEqual(things)

  const key = things[0] ?? ''
  const shown = await process.ask(who, readDeadLetter, {
    params: { service: 'taker-service', key },
  })
  expect(shown).toMatchObject({
    ...{ service: 'taker-service', key, state: 'dead', events: 2, type: 'thing.made' },
    lastError: 'Problem: Not version 1',
    waiting: [{ data: { thingId: key, version: 1 } }, { data: { thingId: key, version: 2 } }],
  })
})

test('personal data of a parked event is not shown', async () => {
  const tenantId = newTenant()
  const who = { tenantId, permissions }
  const ctx = process.context(tenantId)
  const [thingId, ownerId] = [randomUUID(), randomUUID()]
  const data = { thingId, ownerId, ownerName: 'Ada Lovelace' }
  const { db, events } = process.maker
  await db.batch(ctx, [await events.put(ctx, thingGiven, data)])
  const params = { service: 'taker-service', key: thingId }
  const shown = await eventually(() =>
    process.ask(who, readDeadLetter, { params }).catch(() => undefined),
  )
  expect(shown.waiting[0]?.data).toEqual({ thingId, ownerId, ownerName: null })
})

test('a key that is redriven goes on in its order, once, and says who asked', async () => {
  const tenantId = newTenant()
  const who = { tenantId, permissions }
  const [one = '', other = ''] = await park(tenantId, 2)
  refused.clear()
  const body = { service: 'taker-service', keys: [one] }
  const answers = await Promise.all([
    process.ask(who, redriveDeadLetters, { body }),
    process.ask(who, redriveDeadLetters, { body }),
  ])
  const counts = answers.map(({ redriven }) => redriven[0]?.keys)
  expect(counts.sort()).toEqual([0, 1])
  await eventually(async () => (await taken(tenantId)).length === 2)
  expect(await taken(tenantId)).toEqual([`${one} 1`, `${one} 2`])
  const { items } = await process.ask(who, listDeadLetters, { query: {} })
  expect(items.map((left) => left.key)).toEqual([other])
  const { rows } = await platform.sql.query(
    `select subject, detail from event_streaming_service.audit
     where tenant_id = $1 and action = 'dead_letters.redriven'`,
    [tenantId],
  )
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatchObject({ subject: 'somebody', detail: { keys: [one] } })
})

test('all dead keys of a tenant are redriven at once, and no other tenant has its touched', async () => {
  const [mine, theirs] = [newTenant(), newTenant()]
  await park(mine, 3)
  await park(theirs, 1)
  refused.clear()
  const asked = { tenantId: mine, permissions }
  const { redriven } = await process.ask(asked, redriveDeadLetters, { body: {} })
  expect(redriven.find((one) => one.service === 'taker-service')?.keys).toBe(3)
  await eventually(async () => (await taken(mine)).length === 6)
  expect(await taken(theirs)).toEqual([])
})

test('an event that is skipped has no effect, and those behind it go on', async () => {
  const tenantId = newTenant()
  const who = { tenantId, permissions }
  const [key = ''] = await park(tenantId, 1)
  const params = { service: 'taker-service', key }
  const { waiting } = await process.ask(who, readDeadLetter, { params })
  const body = { eventId: waiting[0]?.id ?? '' }
  expect(await process.ask(who, skipDeadLetter, { params, body })).toEqual({ left: 1 })
  await eventually(async () => (await taken(tenantId)).length === 1)
  expect(await taken(tenantId)).toEqual([`${key} 2`])
  expect(await codeOf(process.ask(who, skipDeadLetter, { params, body }))).toBe(
    'event_streaming.parked_key_missing',
  )
})

test('what is not there is refused, and so is who may not', async () => {
  const tenantId = newTenant()
  const who = { tenantId, permissions }
  const [key = ''] = await park(tenantId, 1)
  const other = { tenantId: newTenant(), permissions }
  const params = { service: 'taker-service', key }
  const nowhere = { service: 'nobody-service', key }
  const body = { eventId: randomUUID() }
  const missing = 'event_streaming.parked_key_missing'
  expect(await codeOf(process.ask(other, readDeadLetter, { params }))).toBe(missing)
  expect(await codeOf(process.ask(other, skipDeadLetter, { params, body }))).toBe(missing)
  expect(await codeOf(process.ask(who, skipDeadLetter, { params, body }))).toBe(missing)
  expect((await process.ask(other, listDeadLetters, { query: {} })).items).toEqual([])

  const asked = [
    process.ask(who, readDeadLetter, { params: nowhere }),
    process.ask(who, skipDeadLetter, { params: nowhere, body }),
    process.ask(who, listDeadLetters, { query: { service: 'nobody-service' } }),
    process.ask(who, redriveDeadLetters, { body: { service: 'nobody-service' } }),
  ]
  expect(await Promise.all(asked.map(codeOf))).toEqual(
    asked.map(() => 'event_streaming.consumer_missing'),
  )
  const nobody = { tenantId, permissions: [] }
  expect(await codeOf(process.ask(nobody, redriveDeadLetters, { body: {} }))).toBe(
    'identity.permission_denied',
  )
})
