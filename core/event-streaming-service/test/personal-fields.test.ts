import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contract, event, operation, personal, upcaster } from '@prognetwork/contracts'
import { on } from '@prognetwork/event-based-service-client'
import { writeServiceDirectory } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  type ProcessOptions,
  startEventPlatform,
  thingGiven,
  thingMade,
} from './event-platform.ts'
import { separated } from './separate-processes.ts'

// Personal fields are encrypted under keys of their publisher, and opened for who consumes them.

let stopCluster: () => Promise<void>
let platform: EventPlatform
let stateDirectory: string
let started: EventProcess[] = []

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-personal-'))
  await writeServiceDirectory(stateDirectory, platform.definitions, platform.passwords)
})
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()))
  started = []
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
  await rm(stateDirectory, { recursive: true, force: true })
})

type Heard = Map<string, string | null>

function consuming(heard: Heard): ProcessOptions {
  return {
    consumes: [thingGiven],
    consumers: () => [on(thingGiven, (_ctx, { key, data }) => void heard.set(key, data.ownerName))],
  }
}

async function start(options: ProcessOptions): Promise<EventProcess> {
  const process = await platform.start(options)
  started.push(process)
  return process
}

async function give(
  { maker, context }: EventProcess,
  thing: { tenantId: string; ownerId: string; ownerName: string },
): Promise<string> {
  const { tenantId, ...data } = thing
  const ctx = context(tenantId)
  const thingId = randomUUID()
  await maker.db.batch(ctx, [await maker.events.put(ctx, thingGiven, { thingId, ...data })])
  return thingId
}

const erase = (ownerId: string) =>
  platform.sql.query('delete from maker_service.subject_key where subject = $1', [ownerId])

const someone = () => ({ tenantId: newTenant(), ownerId: randomUUID(), ownerName: 'Ada' })

describe.each(['all', 'one'])('in mode %s', (mode) => {
  async function startBoth(heard: Heard): Promise<EventProcess> {
    if (mode === 'all') return start(consuming(heard))
    const startOnly = await separated({ definitions: platform.definitions, start }, stateDirectory)
    const publisher = await startOnly(
      ['event-streaming-service', 'maker-service'],
      consuming(heard),
    )
    await startOnly(['taker-service'], consuming(heard))
    return publisher
  }

  test('a consumer reads what was published, and the log does not', async () => {
    const heard: Heard = new Map()
    const one = await startBoth(heard)
    const thing = await give(one, { ...someone(), ownerName: 'Ada Lovelace' })
    await eventually(() => heard.has(thing))
    expect(heard.get(thing)).toBe('Ada Lovelace')
    const { rows } = await platform.sql.query(
      'select data from event_streaming_service.domain_log where key = $1',
      [thing],
    )
    expect(rows[0].data).not.toContain('Ada')
  })

  test('fields of a subject that was erased read as null', async () => {
    const heard: Heard = new Map()
    const gone = someone()
    const one = await startBoth(heard)
    const thing = await give(one, gone)
    await eventually(() => heard.has(thing))
    await erase(gone.ownerId)
    await Promise.all(started.map((each) => each.stop()))
    started = []
    // From the beginning once more, as a replay would.
    await platform.sql.query('update taker_service.consumer_position set position = 0')
    heard.clear()
    await startBoth(heard)
    await eventually(() => heard.has(thing))
    expect(heard.get(thing)).toBeNull()
  })
})

test('an event written by an older version is read by the newer one', async () => {
  const heard: Heard = new Map()
  const thingGiven2 = event(
    'thing.given',
    2,
    z.object({
      thingId: z.string(),
      ownerId: z.string(),
      givenTo: personal(z.string(), 'ownerId'),
    }),
    {
      key: 'thingId',
      example: { thingId: '1', ownerId: '2', givenTo: 'Ada' },
      upcaster: upcaster(thingGiven, ({ ownerName, ...data }) => ({ ...data, givenTo: ownerName })),
    },
  )
  const one = await start({
    consumes: [thingGiven2],
    consumers: () => [on(thingGiven2, (_ctx, { key, data }) => void heard.set(key, data.givenTo))],
  })
  const thing = await give(one, { ...someone(), ownerName: 'Ada Lovelace' })
  await eventually(() => heard.has(thing))
  expect(heard.get(thing)).toBe('Ada Lovelace')
  const newer = { thingId: thing, ownerId: randomUUID(), givenTo: null }
  await expect(one.maker.events.put(one.context(newTenant()), thingGiven2, newer)).rejects.toThrow(
    'maker-service publishes thing.given v2 without declaring it',
  )
})

test('a field that is personal no more is opened in events of the time when it was', async () => {
  const heard: Heard = new Map()
  const first = await start({})
  const thing = await give(first, { ...someone(), ownerName: 'Ada Lovelace' })
  await first.stop()
  started = []
  await platform.sql.query('update taker_service.consumer_position set position = 0')
  const thingGiven2 = event(
    'thing.given',
    2,
    z.object({ thingId: z.string(), initial: z.string().nullable() }),
    {
      key: 'thingId',
      example: { thingId: '1', initial: 'A' },
      upcaster: upcaster(thingGiven, ({ thingId, ownerName }) => {
        return { thingId, initial: ownerName?.charAt(0) ?? null }
      }),
    },
  )
  await start({
    publishes: [thingGiven2],
    consumes: [thingGiven2],
    consumers: () => [on(thingGiven2, (_ctx, { key, data }) => void heard.set(key, data.initial))],
  })
  await eventually(() => heard.has(thing))
  expect(heard.get(thing)).toBe('A')
})

test('a publisher that is down delays events, and parks none', async () => {
  const heard: Heard = new Map()
  const startOnly = await separated({ definitions: platform.definitions, start }, stateDirectory)
  const publishing = ['event-streaming-service', 'maker-service']
  const publisher = await startOnly(publishing, consuming(heard))
  const things = [await give(publisher, someone()), await give(publisher, someone())]
  await eventually(async () => {
    const { rows } = await platform.sql.query('select from maker_service.outbox')
    return rows.length === 0
  })
  await publisher.stop()
  started = []
  const taker = await startOnly(['taker-service'], consuming(heard))
  await eventually(() => taker.logLines.some((line) => line.includes('maker-service is not')))
  expect(heard.size).toBe(0)
  await startOnly(publishing, consuming(heard))
  await eventually(() => things.every((thing) => heard.get(thing) === 'Ada'), 30_000)
  const { rows } = await platform.sql.query('select from taker_service.parked_key')
  expect(rows).toEqual([])
})

test('a key is given to who consumes the event, and in its tenant only', async () => {
  const heard: Heard = new Map()
  const one = await start(consuming(heard))
  const thing = someone()
  await give(one, thing)
  const { operations } = contract('maker-service', {
    openSubjectKey: operation('POST', '/v1/subject-key-openings', {
      summary: 'What the host answers',
      auth: { service: [] },
      body: z.strictObject({ type: z.string(), subject: z.string() }),
      reply: { 200: z.object({ key: z.string().nullable() }) },
      example: {},
    }),
  })
  const open = (parts: EventProcess['maker'], tenantId: string, type: string) =>
    parts.call(one.context(tenantId), operations.openSubjectKey, {
      body: { type, subject: thing.ownerId },
    })
  const denied = { code: 'identity.permission_denied' }
  expect((await open(one.taker, thing.tenantId, thingGiven.type)).key).toEqual(expect.any(String))
  expect((await open(one.taker, newTenant(), thingGiven.type)).key).toBeNull()
  await expect(open(one.taker, thing.tenantId, thingMade.type)).rejects.toMatchObject(denied)
  await expect(open(one.maker, thing.tenantId, thingGiven.type)).rejects.toMatchObject(denied)
})
