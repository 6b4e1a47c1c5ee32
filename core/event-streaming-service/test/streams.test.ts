import type { CallInput } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { userContract } from '@prognetwork/contracts/user'
import {
  openEventSource,
  openWebSocket,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { publishEvents, listStreams } = eventStreamingContract.operations
const { createApiKey, revokeApiKey } = userContract.operations

let platform: TestPlatform
let shop: TestShop
let other: TestShop
let key: { id: string; header: Record<string, string> }
let otherKey: { id: string; header: Record<string, string> }

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  other = await platform.shop()
  key = await keyOf(shop.staff)
  otherKey = await keyOf(other.staff)
})
afterAll(() => platform?.stop())

async function keyOf(staff: TestClient) {
  const { body } = await staff.call(createApiKey, {
    body: { name: 'stream', scopes: ['event:event:read', 'event:event:publish'] },
  })
  return { id: body.id, header: { 'x-api-key': body.key } }
}

type Published = Partial<Extract<CallInput<typeof publishEvents>['body'], { type: string }>>

async function publish(staff: TestClient, ...events: Published[]) {
  const body = events.map((one) => ({
    specversion: '1.0' as const,
    type: 'parcel.scanned',
    data: {},
    ...one,
  }))
  const answer = await staff.call(publishEvents, { body })
  expect(answer.status).toBe(202)
  return answer.body.events
}

const ways = [
  ['Server-Sent Events', openEventSource, 200],
  ['WebSocket', openWebSocket, 101],
] as const

describe.each(ways)('%s', (_, open, opened) => {
  const direct = (query = '') => `${platform.originOf('event-streaming-service')}/v1/stream${query}`
  const throughGateway = (query = '') => `${platform.origin}/api/v1/stream${query}`

  test('brings events of the tenant as they come, and of no other', async () => {
    const streams = await Promise.all([
      open(direct('?types=parcel.*'), key.header),
      open(throughGateway('?types=parcel.*'), key.header),
      open(direct('?types=parcel.*'), otherKey.header),
    ])
    expect(streams.map((one) => one.status)).toEqual([opened, opened, opened])
    const [sent] = await publish(shop.staff, { subject: 'p-1', data: { gate: 3 } })
    await publish(other.staff, { subject: 'p-2' })
    for (const stream of streams.slice(0, 2)) {
      const [event] = await stream.has(1)
      expect(event).toMatchObject({
        specversion: '1.0',
        id: sent?.id,
        type: 'parcel.scanned',
        subject: 'p-1',
        tenantid: shop.id,
        data: { gate: 3 },
      })
    }
    expect((await streams[2].has(1)).map((one) => one.subject)).toEqual(['p-2'])
    for (const stream of streams) stream.close()
  })

  test('begins where a client says, repeats nothing and loses nothing', async () => {
    const before = (await shop.staff.call(listStreams, {})).body.items[0]?.cursor
    const subjects = Array.from({ length: 1_200 }, (_unused, at) => `late-${at}`)
    for (let at = 0; at < 1_200; at += 400)
      await publish(shop.staff, ...subjects.slice(at, at + 400).map((subject) => ({ subject })))
    const stream = await open(direct(`?types=parcel.*&after=${before}`), key.header)
    await publish(shop.staff, { subject: 'last' })
    const wanted = [...subjects, 'last']
    const seen = await stream.has(1_201)
    expect(seen.map((one) => one.subject)).toEqual(wanted)
    stream.close()

    const middle = seen[600]?.cursor
    const again = await open(direct(`?types=parcel.*&after=${middle}`), key.header)
    expect((await again.has(600)).map((one) => one.subject)).toEqual(wanted.slice(601))
    again.close()
  })

  test('whoever joins while much is published sees each event once, in one order', async () => {
    const before = (await shop.staff.call(listStreams, {})).body.items[0]?.cursor
    const count = 1_500
    const publishing = (async () => {
      for (let at = 0; at < count; at += 15)
        await publish(
          shop.staff,
          ...Array.from({ length: 15 }, (_unused, n) => ({
            type: 'seam.crossed',
            subject: `${at + n}`,
          })),
        )
    })()
    const joining = Array.from({ length: 24 }, async (_unused, client) => {
      await new Promise((resolve) => setTimeout(resolve, client * 25))
      const stream = await open(direct(`?types=seam.*&after=${before}`), key.header)
      const seen = await stream.has(count)
      // Anything that came twice would come now.
      await new Promise((resolve) => setTimeout(resolve, 100))
      stream.close()
      return seen.map((one) => Number(one.subject))
    })
    const [, ...all] = await Promise.all([publishing, ...joining])
    const wanted = Array.from({ length: count }, (_unused, at) => at)
    for (const seen of all) expect(seen).toEqual(wanted)
  })

  test('filters by subject and by what followed from one request', async () => {
    const bySubject = await open(direct('?subject=only-this'), key.header)
    const byRequest = await open(direct('?correlation=my-request'), key.header)
    await publish(shop.staff, { subject: 'not-this' }, { subject: 'only-this' })
    await publish(shop.staff, { subject: 'x', correlationid: 'my-request' })
    expect((await bySubject.has(1)).map((one) => one.subject)).toEqual(['only-this'])
    expect((await byRequest.has(1)).map((one) => one.subject)).toEqual(['x'])
    bySubject.close()
    byRequest.close()
  })

  test('never shows personal data', async () => {
    const stream = await open(direct('?types=membership.*,user.*'), key.header)
    const person = await platform.person()
    const { inviteMember, acceptInvitation } = userContract.operations
    await shop.staff.call(inviteMember, { body: { email: person.email, roles: ['viewer'] } })
    const token = await platform.mailedToken(person.email)
    await person.call(acceptInvitation, { body: { token } })
    const [event] = await stream.has(1)
    expect(event?.type).toBe('membership.created')
    expect(JSON.stringify(event)).not.toContain(person.email)
    stream.close()
  })

  test('is refused with a problem before it opens', async () => {
    const cases = [
      [direct(), {}, 401, 'identity.credential_missing'],
      [direct('?types=NOT A TYPE'), key.header, 400, 'request.invalid'],
      [direct('?after=nonsense'), key.header, 400, 'request.invalid'],
      [direct('?unknown=1'), key.header, 400, 'request.invalid'],
      [throughGateway('?after=x'), key.header, 400, 'request.invalid'],
    ] as const
    for (const [url, headers, status, code] of cases) {
      const refused = await open(url, headers)
      expect([refused.status, refused.problem?.code], url).toEqual([status, code])
    }
    const person = await platform.person()
    const { accessToken } = (
      await platform.anonymous.call(userContract.operations.signIn, {
        body: { email: person.email, password: person.password },
      })
    ).body
    const denied = await open(direct(), { authorization: `Bearer ${accessToken}` })
    expect([denied.status, denied.problem?.code]).toEqual([403, 'identity.permission_denied'])
  })

  test('of another life of the log says where to go on', async () => {
    const cursor = Buffer.from(
      JSON.stringify([1, 'domain', '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f', 3]),
    ).toString('base64url')
    const stream = await open(direct(`?after=${cursor}`), key.header)
    expect([stream.status, stream.problem?.code]).toEqual([
      409,
      'event_streaming.incarnation_ended',
    ])
  })

  test('ends at once when the credential is revoked', async () => {
    const soon = await keyOf(shop.staff)
    const stream = await open(direct(), soon.header)
    await shop.staff.call(revokeApiKey, { params: { keyId: soon.id } })
    expect(stream.status).toBe(opened)
    expect(await stream.ended).toBe('renew')
    const again = await open(direct(), soon.header)
    expect(again.status).toBe(401)
  })
})

test('a browser that comes back goes on after the last event it has', async () => {
  const url = `${platform.originOf('event-streaming-service')}/v1/stream?types=parcel.*`
  const stream = await openEventSource(url, key.header)
  await publish(shop.staff, { subject: 'one' })
  await stream.has(1)
  stream.close()
  await publish(shop.staff, { subject: 'two' }, { subject: 'three' })
  const again = await openEventSource(url, {
    ...key.header,
    'last-event-id': stream.lastId() ?? '',
  })
  expect((await again.has(2)).map((one) => one.subject)).toEqual(['two', 'three'])
  again.close()
})

test('who asks for the head of a stream gets that alone', async () => {
  for (const url of [platform.originOf('event-streaming-service'), `${platform.origin}/api`]) {
    const answer = await request(`${url}/v1/stream`, { method: 'HEAD', headers: key.header })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/event-stream')
    expect(await answer.body.text()).toBe('')
  }
})

test('a request for a WebSocket at another address is an ordinary one', async () => {
  const refused = await openWebSocket(`${platform.origin}/api/v1/nothing`, key.header)
  expect([refused.status, refused.problem?.code]).toEqual([404, 'request.route_missing'])
})

test('a stream ends when the process stops, and says so', async () => {
  const own = await startTestPlatform()
  const { staff } = await own.shop()
  const { header } = await keyOf(staff)
  const url = `${own.originOf('event-streaming-service')}/v1/stream`
  const streams = [await openEventSource(url, header), await openWebSocket(url, header)]
  await own.stop()
  expect(await Promise.all(streams.map((one) => one.ended))).toEqual(['draining', 'draining'])
})
