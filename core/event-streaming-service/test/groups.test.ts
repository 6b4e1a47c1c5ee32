import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './event-platform.ts'

const {
  acknowledgeEvents,
  fetchEvents,
  listGroups,
  listStreams,
  publishEvents,
  putGroup,
  removeGroup,
  seekGroup,
} = eventStreamingContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

async function publish(...subjects: string[]) {
  const { status } = await shop.staff.call(publishEvents, {
    body: subjects.map((subject) => ({
      specversion: '1.0' as const,
      type: 'parcel.scanned',
      subject,
      data: {},
    })),
  })
  expect(status).toBe(202)
}

/** A group that gets parcels from now on. */
async function groupOf(group: string) {
  const params = { group }
  await shop.staff.call(putGroup, { params, body: { types: ['parcel.*'] } })
  return {
    async fetch(body: object = {}) {
      return (await shop.staff.call(fetchEvents, { params, body: { waitMs: 5_000, ...body } })).body
    },
    ack: (lease: string | null, cursor?: string) =>
      shop.staff.call(acknowledgeEvents, {
        params,
        body: { lease: lease ?? '', ...(cursor !== undefined && { cursor }) },
      }),
    seek: (to: string) => shop.staff.call(seekGroup, { params, body: { to } }),
  }
}

const subjects = (lot: { events: { subject: string }[] }) => lot.events.map((one) => one.subject)

test('a group gets each event once, in order, in lots that are acknowledged', async () => {
  const group = await groupOf('in-order')
  const wanted = Array.from({ length: 25 }, (_, at) => `o-${at}`)
  await publish(...wanted)
  const seen: string[] = []
  while (seen.length < 25) {
    const lot = await group.fetch({ limit: 10 })
    seen.push(...subjects(lot))
    expect((await group.ack(lot.lease, lot.cursor)).status).toBe(200)
  }
  expect(seen).toEqual(wanted)
  expect(await group.fetch({ waitMs: 0 })).toMatchObject({ lease: null, events: [], busyForMs: 0 })
})

test('a lot is worked on by one member, and comes again when its lease has run out', async () => {
  const group = await groupOf('leased')
  await publish('a', 'b')
  const first = await group.fetch({ leaseSeconds: 60 })
  expect(subjects(first)).toEqual(['a', 'b'])
  const busy = await group.fetch({ waitMs: 0 })
  expect(busy.events).toEqual([])
  expect(busy.busyForMs).toBeGreaterThan(30_000)
  platform.clock.advance(61_000)
  const second = await group.fetch()
  expect(subjects(second)).toEqual(['a', 'b'])
  expect((await group.ack(first.lease, first.cursor)).problem.code).toBe(
    'event_streaming.lease_lost',
  )
  expect((await group.ack(second.lease, second.cursor)).status).toBe(200)
})

test('a part of a lot is acknowledged, and the rest comes again', async () => {
  const group = await groupOf('partly')
  await publish('a', 'b', 'c')
  const lot = await group.fetch()
  expect((await group.ack(lot.lease, lot.events[0]?.cursor)).status).toBe(200)
  const rest = await group.fetch()
  expect(subjects(rest)).toEqual(['b', 'c'])
  await publish('not of this lot')
  const beyond = await eventually(async () => {
    const { body } = await shop.staff.call(listStreams, {})
    return body.items[0]?.cursor === rest.cursor ? undefined : body.items[0]?.cursor
  })
  expect((await group.ack(rest.lease, beyond)).problem.code).toBe('event_streaming.lease_lost')
  expect((await group.ack(rest.lease)).status).toBe(200)
  expect(subjects(await group.fetch({ limit: 2 }))).toEqual(['b', 'c'])
})

test('who waits gets what comes, and two who wait do not get the same', async () => {
  const group = await groupOf('waiting')
  const waiting = [group.fetch({ waitMs: 1_000 }), group.fetch({ waitMs: 1_000 })]
  await publish('soon')
  const lots = await Promise.all(waiting)
  expect(lots.flatMap(subjects)).toEqual(['soon'])
})

test('a group is moved back to read again, and to the end to leave out what there is', async () => {
  const group = await groupOf('moved')
  await publish('a', 'b')
  const lot = await group.fetch()
  await group.ack(lot.lease, lot.cursor)
  await group.seek(lot.events[0]?.cursor ?? '')
  expect(subjects(await group.fetch())).toEqual(['b'])
  const { body } = await group.seek('end')
  expect(body).toMatchObject({ behind: 0, leasedUntil: null })
  await group.seek('beginning')
  expect(subjects(await group.fetch({ limit: 1 }))).toHaveLength(1)
})

test('a group changes what it gets and keeps its place, and is listed and removed', async () => {
  const group = await groupOf('kept')
  await publish('a')
  const lot = await group.fetch()
  await group.ack(lot.lease, lot.cursor)
  const params = { group: 'kept' }
  const again = await shop.staff.call(putGroup, {
    params,
    body: { types: ['*'], startAt: 'beginning' },
  })
  expect(again.body).toMatchObject({ types: ['*'], cursor: lot.cursor })
  const { body } = await shop.staff.call(listGroups, { query: {} })
  expect(body.items.map((one) => one.name)).toContain('kept')
  const other = await platform.shop()
  expect((await other.staff.call(listGroups, { query: {} })).body.items).toEqual([])
  expect((await other.staff.call(removeGroup, { params })).problem.code).toBe(
    'event_streaming.group_missing',
  )
  expect((await shop.staff.call(removeGroup, { params })).status).toBe(204)
})

test('there is no group that nobody made, and places of another life of the log are refused', async () => {
  const params = { group: 'missing' }
  const lease = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'
  const cursor = Buffer.from(JSON.stringify([1, 'domain', lease, 3])).toString('base64url')
  const codes = async (...answers: Promise<{ problem: { code: string } }>[]) =>
    (await Promise.all(answers)).map((one) => one.problem.code)
  const { staff } = shop
  expect(
    await codes(
      staff.call(fetchEvents, { params, body: {} }),
      staff.call(acknowledgeEvents, { params, body: { lease } }),
      staff.call(seekGroup, { params, body: { to: 'end' } }),
    ),
  ).toEqual(Array(3).fill('event_streaming.group_missing'))
  await groupOf('of-another-life')
  const own = { group: 'of-another-life' }
  await platform.sql.query(
    `update event_streaming_service.event_group set incarnation = $1 where name = $2`,
    [lease, own.group],
  )
  expect(
    await codes(
      staff.call(fetchEvents, { params: own, body: {} }),
      staff.call(seekGroup, { params: own, body: { to: cursor } }),
      staff.call(putGroup, { params, body: { startAt: cursor } }),
    ),
  ).toEqual(Array(3).fill('event_streaming.incarnation_ended'))
  expect((await staff.call(seekGroup, { params: own, body: { to: 'end' } })).status).toBe(200)
  await publish('lives')
  const lot = (await staff.call(fetchEvents, { params: own, body: { waitMs: 5_000 } })).body
  const ofAnother = { lease: lot.lease ?? '', cursor }
  expect(await codes(staff.call(acknowledgeEvents, { params: own, body: ofAnother }))).toEqual([
    'event_streaming.incarnation_ended',
  ])
})

test('a lot that is given back in another life of the log does not carry its place over', async () => {
  const group = await groupOf('given-back')
  await publish('before')
  const { lease } = await group.fetch()
  await platform.sql.query(
    `update event_streaming_service.event_group set incarnation = gen_random_uuid() where name = $1`,
    ['given-back'],
  )
  expect((await group.ack(lease)).problem.code).toBe('event_streaming.incarnation_ended')
})

test('a tenant has a thousand groups at the most', async () => {
  const { id, staff } = await platform.shop()
  await platform.sql.query(
    `insert into event_streaming_service.event_group (tenant_id, name, types, incarnation, position)
     select $1, 'g-' || n, '{*}', gen_random_uuid(), 0 from generate_series(1, 1000) n`,
    [id],
  )
  const { problem } = await staff.call(putGroup, { params: { group: 'one-more' }, body: {} })
  expect(problem.code).toBe('event_streaming.groups_exceeded')
  expect((await staff.call(putGroup, { params: { group: 'g-7' }, body: {} })).status).toBe(200)
})
