import { randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './event-platform.ts'

const { publishEvents, listEvents, listStreams, runCommand, runQuery } =
  eventStreamingContract.operations

let platform: TestPlatform
let shop: TestShop
let other: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  other = await platform.shop()
})
afterAll(() => platform?.stop())

const parcel = (more: object = {}) => ({
  specversion: '1.0' as const,
  type: 'parcel.scanned',
  data: { gate: 3 },
  ...more,
})

const head = async () => (await shop.staff.call(listStreams, {})).body.items[0]?.cursor

/** Behind everything that was published before, some of which may still be on its way. */
async function end(): Promise<string> {
  const id = randomUUID()
  await shop.staff.call(publishEvents, { body: parcel({ id, type: 'mark.set' }) })
  return eventually(async () => {
    const query = { types: 'mark.*', order: 'desc', limit: '1' } as const
    const [newest] = (await shop.staff.call(listEvents, { query })).body.items
    return newest?.id === id ? newest.cursor : undefined
  })
}

/** Events after a cursor, once there are so many; those of the tenant itself may still be on their way. */
function listed(after: string | undefined, count: number, query: object = { types: 'parcel.*' }) {
  return eventually(async () => {
    const { body } = await shop.staff.call(listEvents, { query: { after, ...query } })
    return body.items.length >= count ? body : undefined
  })
}

test('an event is published as it was sent, and filled in where it said nothing', async () => {
  const after = await end()
  const id = randomUUID()
  const full = parcel({
    id,
    source: '//scanner.example/7',
    subject: 'parcel-81',
    time: '2026-11-21T10:30:00+01:00',
    dataschema: 'urn:prognetwork:event:parcel.scanned:3',
    aggregateversion: 7,
    correlationid: 'shift-4',
    data: { gate: 3, text: 'é "quoted" \u2028 end', list: [1, null, { deep: true }] },
  })
  const answer = await shop.staff.call(publishEvents, { body: [full, parcel()] })
  expect(answer.status).toBe(202)
  expect(answer.body.events.map((one) => one.isDuplicate)).toEqual([false, false])
  const [first, second] = (await listed(after, 2)).items
  expect(first).toMatchObject({ ...full, time: '2026-11-21T09:30:00.000Z', tenantid: shop.id })
  expect(second).toMatchObject({ type: 'parcel.scanned', subject: second?.id, data: { gate: 3 } })
  expect(second?.traceparent).toContain(answer.headers['prog-trace-id'])
})

test('the same event twice, also at once, is one', async () => {
  const after = await end()
  const twice = parcel({ id: randomUUID(), subject: 'twice' })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => shop.staff.call(publishEvents, { body: [twice, twice] })),
  )
  const fresh = answers.flatMap(({ body }) => body.events.filter((one) => !one.isDuplicate))
  expect(fresh).toHaveLength(1)
  await shop.staff.call(publishEvents, { body: parcel({ subject: 'after' }) })
  expect((await listed(after, 2)).items.map((one) => one.subject)).toEqual(['twice', 'after'])
})

test('another event under a known id is refused, and the rest of its list is published', async () => {
  const id = randomUUID()
  const before = await end()
  await shop.staff.call(publishEvents, { body: parcel({ id, subject: 'a' }) })
  const after = (await listed(before, 1)).cursor
  const { problem } = await shop.staff.call(publishEvents, {
    body: [parcel({ subject: 'fine' }), parcel({ id, subject: 'b' })],
  })
  expect(problem).toMatchObject({
    code: 'event_streaming.event_differs',
    errors: [{ pointer: '/body/1/id' }],
  })
  expect((await listed(after, 1)).items.map((one) => one.subject)).toEqual(['fine'])
  const ofOther = await other.staff.call(publishEvents, { body: parcel({ id, subject: 'b' }) })
  expect(ofOther.status).toBe(202)
})

test('what is wrong with one request is not answered to those who publish at the same moment', async () => {
  await platform.sql.query(`
    create function event_streaming_service.refuse_poison() returns trigger language plpgsql as
      'begin raise exception ''poison''; end';
    create trigger refuse_poison before insert on event_streaming_service.outbox for each row
      when (new.key = 'poison') execute function event_streaming_service.refuse_poison()`)
  const answers = await Promise.all(
    ['p-1', 'poison', 'p-2'].map((subject) =>
      shop.staff.call(publishEvents, { body: parcel({ subject }) }),
    ),
  )
  await platform.sql.query('drop trigger refuse_poison on event_streaming_service.outbox')
  expect(answers.map((one) => one.status)).toEqual([202, 500, 202])
})

test.each(['0000-06-01T00:00:00Z', '1000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'])(
  'a moment outside of the years 1000 to 9999 is refused: %s',
  async (time) => {
    const published = await shop.staff.call(publishEvents, { body: parcel({ time }) })
    const asked = await shop.staff.call(listEvents, { query: { from: time } })
    expect([published.status, asked.status]).toEqual([400, 400])
  },
)

test('the first and the last moment there may be are kept as they are', async () => {
  const after = await end()
  const times = ['1000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']
  const answer = await shop.staff.call(publishEvents, {
    body: times.map((time) => parcel({ time })),
  })
  expect(answer.status).toBe(202)
  expect((await listed(after, 2)).items.map((one) => one.time)).toEqual(times)
})

test('nobody outside publishes what a service owns', async () => {
  const { problem } = await shop.staff.call(publishEvents, {
    body: [parcel(), parcel({ type: 'user.created' })],
  })
  expect(problem).toMatchObject({
    code: 'event_streaming.type_reserved',
    errors: [{ pointer: '/body/1/type' }],
  })
})

test('data of a registered type fits its schema, or nothing of the list is published', async () => {
  const type = 'crate.packed'
  const { registerSchema } = eventStreamingContract.operations
  const schema = {
    type: 'object',
    properties: { weight: { type: 'integer', minimum: 1 } },
    required: ['weight'],
  }
  const registered = await shop.staff.call(registerSchema, {
    params: { type },
    body: { schema, example: { weight: 3 } },
  })
  expect(registered.status).toBe(201)
  const after = await end()
  const crate = (data: object) => parcel({ type, data })
  const { problem } = await shop.staff.call(publishEvents, {
    body: [crate({ weight: 2 }), crate({ weight: 0 })],
  })
  expect(problem).toMatchObject({
    code: 'event_streaming.data_unfit',
    errors: [{ pointer: '/body/1/data/weight' }],
  })
  expect((await shop.staff.call(publishEvents, { body: crate({ weight: 5 }) })).status).toBe(202)
  const { items } = await listed(after, 1, {})
  expect(items.map(({ data, dataschema }) => [data, dataschema])).toEqual([
    [{ weight: 5 }, `urn:prognetwork:event:${type}:1`],
  ])
  const ofOther = await other.staff.call(publishEvents, { body: crate({ anything: true }) })
  expect(ofOther.status).toBe(202)
})

test('what is wrong is named with its place, in one event and in a list', async () => {
  const wrong = { ...parcel(), type: 'Bad Type', data: [] as never }
  const one = await shop.staff.call(publishEvents, { body: wrong })
  expect(one.problem.errors?.map((error) => error.pointer)).toEqual(['/body/type', '/body/data'])
  const many = await shop.staff.call(publishEvents, { body: [parcel(), wrong] })
  expect(many.problem.errors?.map((error) => error.pointer)).toEqual([
    '/body/1/type',
    '/body/1/data',
  ])
  const none = await shop.staff.call(publishEvents, { body: [] })
  expect(none.problem.errors?.[0]).toMatchObject({ pointer: '/body', expected: 'at least 1 items' })
})

test('a list takes its media type from the standard as well', async () => {
  const answer = await shop.staff.raw('POST', '/api/v1/events', {
    body: JSON.stringify([parcel()]),
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  })
  expect(answer.status).toBe(202)
})

test('pages go on after each other, whatever is filtered, and end', async () => {
  const after = await end()
  const subjects = Array.from({ length: 25 }, (_, at) => `page-${at}`)
  await shop.staff.call(publishEvents, {
    body: subjects.flatMap((subject) => [
      parcel({ subject, type: 'page.turned' }),
      parcel({ subject }),
    ]),
  })
  await listed(after, 50, {})
  const seen: string[] = []
  let next: string | null | undefined = after
  while (next) {
    const query = { after: next, types: 'page.*', limit: 10 }
    const { body }: Awaited<ReturnType<typeof list>> = await list(query)
    seen.push(...body.items.map((one) => one.subject))
    next = body.next
  }
  expect(seen).toEqual(subjects)
  const list7 = await list({ after, subject: 'page-7' })
  expect(list7.body.items.map((one) => one.type)).toEqual(['page.turned', 'parcel.scanned'])
})
const list = (query: object) => shop.staff.call(listEvents, { query })

test('a window of time is kept to', async () => {
  const after = await end()
  await shop.staff.call(publishEvents, {
    body: ['08', '09', '10'].map((hour) =>
      parcel({ subject: hour, time: `2026-11-20T${hour}:00:00Z` }),
    ),
  })
  await listed(after, 3)
  const { body } = await list({
    after,
    from: '2026-11-20T09:00:00Z',
    to: '2026-11-20T11:00:00+01:00',
  })
  expect(body.items.map((one) => one.subject)).toEqual(['09'])
})

test('the newest are listed first, page by page down to the oldest', async () => {
  const one = await platform.shop()
  const all = async (query: object) => {
    const found: string[] = []
    for (let after: string | undefined | null; after !== null; ) {
      const { body } = await one.staff.call(listEvents, {
        query: { ...query, ...(after && { after }) },
      })
      found.push(...body.items.map(({ id }) => id))
      after = body.next
    }
    return found
  }
  const began = await end()
  for (const subject of ['first', 'second', 'third'])
    await one.staff.call(publishEvents, { body: [parcel({ subject }), parcel({ subject: 'x' })] })
  await eventually(async () => {
    const { body } = await one.staff.call(listEvents, { query: { after: began } })
    return body.items.length >= 6 || undefined
  })
  const upwards = await all({ limit: 100 })
  expect(await all({ order: 'desc', limit: 100 })).toEqual(upwards.toReversed())
  expect(await all({ order: 'desc', limit: 2 })).toEqual(upwards.toReversed())
  const some = { types: 'parcel.*', subject: 'x' }
  const found = await all({ ...some, order: 'desc', limit: 1 })
  expect(found).toEqual((await all(some)).toReversed())
  expect(found).toHaveLength(3)
  // From the newest place on a client goes on with what is new, and back from there with what was.
  const { body } = await one.staff.call(listEvents, { query: { order: 'desc', limit: 2 } })
  await one.staff.call(publishEvents, { body: parcel({ subject: 'new' }) })
  const fresh = await eventually(async () => {
    const later = await one.staff.call(listEvents, { query: { after: body.cursor } })
    return later.body.items.length > 0 ? later.body.items : undefined
  })
  expect(fresh.map(({ subject }) => subject)).toEqual(['new'])
  const [, lastOfPage] = body.items
  const before = await one.staff.call(listEvents, {
    query: { order: 'desc', after: lastOfPage?.cursor ?? '', limit: 1 },
  })
  expect(before.body.items.map(({ id }) => id)).toEqual([upwards.at(-3)])
  const alone = await other.staff.call(listEvents, { query: { order: 'desc', limit: 1_000 } })
  expect(new Set(alone.body.items.map(({ tenantid }) => tenantid))).toEqual(new Set([other.id]))
})

test('a cursor of another life of the log is refused with the place to go on from', async () => {
  const cursor = Buffer.from(JSON.stringify([1, 'domain', randomUUID(), 3])).toString('base64url')
  const { problem } = await list({ after: cursor })
  expect(problem.code).toBe('event_streaming.incarnation_ended')
  expect(problem.detail).toContain(await head())
  expect((await list({ after: 'x' })).problem.code).toBe('request.invalid')
  // The tail of the log was lost, and nobody has said so.
  const [version, log, incarnation, position] = JSON.parse(
    Buffer.from((await head()) ?? '', 'base64url').toString(),
  )
  const ahead = JSON.stringify([version, log, incarnation, position + 1_000_000])
  const lost = await list({ after: Buffer.from(ahead).toString('base64url') })
  expect(lost.problem.code).toBe('event_streaming.incarnation_ended')
})

test('a tenant lists its own events only, and every one of its own', async () => {
  await other.staff.call(publishEvents, { body: parcel({ subject: 'of the other' }) })
  const { body } = await shop.staff.call(listEvents, { query: { limit: 1_000 } })
  expect(new Set(body.items.map((one) => one.tenantid))).toEqual(new Set([shop.id]))
  expect(body.items.map((one) => one.type)).toContain('tenant.activated')
})

const { createCategory, createProduct } = productContract.operations
const category = createCategory.shape.example.body as Record<string, unknown>

test('a command carries an operation out and says by what its events are known', async () => {
  const after = await end()
  const body = { body: { title: 'By command' }, idempotencyKey: randomUUID() }
  const send = () => shop.staff.call(runCommand, { params: { operation: 'createProduct' }, body })
  const answer = await send()
  expect(answer.status).toBe(200)
  expect(answer.body.result).toMatchObject({ title: 'By command' })
  expect(createProduct.shape.idempotent).toBe(true)
  expect((await send()).body.result).toEqual(answer.body.result)
  const [event] = (await listed(after, 1, { correlation: answer.body.correlationId })).items
  expect(event).toMatchObject({ type: 'product.created', data: { slug: 'by-command' } })
})

test('a query reads, and neither does the work of the other', async () => {
  const read = await shop.staff.call(runQuery, { params: { operation: 'readTenant' }, body: {} })
  expect(read.body.result).toMatchObject({ id: shop.id })
  for (const [operation, name] of [
    [runQuery, 'createCategory'],
    [runCommand, 'readTenant'],
    [runCommand, 'checkSession'],
    // They are limited at their own address.
    [runCommand, 'signIn'],
    [runCommand, 'importProducts'],
    [runCommand, 'nothingLikeIt'],
    [runQuery, 'openStream'],
    [runCommand, 'runCommand'],
  ] as const) {
    const { problem } = await shop.staff.call(operation, { params: { operation: name }, body: {} })
    expect(problem.code, name).toBe('event_streaming.operation_missing')
  }
})

test('a command is judged as a request of the caller would be', async () => {
  const person = await platform.person()
  const denied = await person.call(runCommand, {
    params: { operation: 'createCategory' },
    body: { body: category },
  })
  expect(denied.problem.code).toBe('identity.permission_denied')
  const wrong = await shop.staff.call(runCommand, {
    params: { operation: 'createCategory' },
    body: { body: { ...category, nonsense: 1 } },
  })
  expect(wrong.problem.errors?.[0]?.pointer).toBe('/body/body/nonsense')
  const { readTenant } = tenantContract.operations
  expect((await shop.staff.call(readTenant, {})).body.id).toBe(shop.id)
})
