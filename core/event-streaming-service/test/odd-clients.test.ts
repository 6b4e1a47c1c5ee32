// Clients of streams that keep to the protocol as little as they can. Nobody else may notice.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { userContract } from '@prognetwork/contracts/user'
import {
  openEventSource,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { publishEvents, listStreams } = eventStreamingContract.operations

let platform: TestPlatform
let shop: TestShop
let key: string

const most = 40

beforeAll(async () => {
  platform = await startTestPlatform({
    configuration: { 'event-streaming-service': { streamsPerTenant: String(most) } },
  })
  shop = await platform.shop()
  const { body } = await shop.staff.call(userContract.operations.createApiKey, {
    body: { name: 'stream', scopes: ['event:event:read', 'event:event:publish'] },
  })
  key = body.key
})
afterAll(() => platform?.stop())

const address = () => new URL(platform.originOf('event-streaming-service'))

/** The head of a request as text, without its last empty line. */
const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, `host: ${address().host}`, `x-api-key: ${key}`, ...headers, ''].join('\r\n')

const webSocketHeaders = [
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** A connection on which this was sent, and what has come back so far. */
async function say(text: string): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(Number(address().port), address().hostname)
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return { socket, heard: () => heard }
}

async function publish(...subjects: string[]): Promise<void> {
  const body = subjects.map((subject) => ({
    specversion: '1.0' as const,
    type: 'parcel.scanned',
    subject,
    data: { text: 'x'.repeat(1_000) },
  }))
  expect((await shop.staff.call(publishEvents, { body })).status).toBe(202)
}

/** Frames that a server must refuse: not masked, too long, and of a kind that does not exist. */
test.each([
  ['without a mask', Buffer.from([0x81, 0x01, 0x61])],
  ['longer than is read', Buffer.concat([Buffer.from([0x82, 0xfe, 0x40, 0, 1, 2, 3, 4])])],
  ['of no known kind', Buffer.from([0x87, 0x80, 1, 2, 3, 4])],
])('a frame %s ends its own connection alone', async (_, frame) => {
  const { socket, heard } = await say(`${head('GET /v1/stream', ...webSocketHeaders)}\r\n`)
  await expect.poll(heard).toContain('101 Switching Protocols')
  const closed = once(socket, 'close')
  socket.write(frame)
  await closed
  expect((await shop.staff.call(listStreams, {})).status).toBe(200)
})

test.each([
  ['a key', 'GET', webSocketHeaders.slice(0, 3), 400],
  [
    'a version that is known',
    'GET',
    [
      ...webSocketHeaders.slice(0, 2),
      'sec-websocket-version: 1',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ],
    400,
  ],
  ['GET', 'POST', webSocketHeaders, 405],
])('a handshake without %s is refused with a problem', async (_, method, headers, status) => {
  const { socket, heard } = await say(`${head(`${method} /v1/stream`, ...headers)}\r\n`)
  await expect.poll(heard).toContain(`HTTP/1.1 ${status} `)
  await expect.poll(heard).toContain('application/problem+json')
  socket.destroy()
})

test('a stream that is asked for behind another request begins when that is answered', async () => {
  const { operations } = eventStreamingContract
  const group = { params: { group: 'slow' } }
  expect((await shop.staff.call(operations.putGroup, { ...group, body: {} })).status).toBe(200)
  const body = JSON.stringify({ waitMs: 600 })
  const { body: made } = await shop.staff.call(userContract.operations.createApiKey, {
    body: { name: 'group', scopes: ['event:group:consume'] },
  })
  const fetching = [
    `POST /v1/groups/slow/fetch HTTP/1.1`,
    `host: ${address().host}`,
    `x-api-key: ${made.key}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
  const { socket, heard } = await say(`${fetching}${head('GET /v1/stream')}\r\n`)
  await expect.poll(heard, { timeout: 5_000 }).toContain('text/event-stream')
  await publish('behind')
  await expect.poll(heard, { timeout: 5_000 }).toContain('"subject":"behind"')
  expect(heard()).toContain('retry: 1000')
  socket.destroy()
})

test('many who do not read what they missed keep nobody else from catching up', async () => {
  const { body } = await shop.staff.call(listStreams, {})
  const after = body.items[0]?.cursor
  const lot = Array.from({ length: 500 }, (_unused, at) => `old-${at}`)
  for (let sent = 0; sent < 16; sent += 1) await publish(...lot)
  const lazy = await Promise.all(
    Array.from({ length: 10 }, () => say(`${head(`GET /v1/stream?after=${after}`)}\r\n`)),
  )
  for (const { socket } of lazy) socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const url = `${address().origin}/v1/stream?after=${after}`
  const eager = await openEventSource(url, { 'x-api-key': key })
  // Beside what the shop itself has told since.
  const caughtUp = () => eager.events.filter(({ subject }) => subject?.startsWith('old-')).length
  await expect.poll(caughtUp, { timeout: 5_000 }).toBe(16 * 500)
  eager.close()
  for (const { socket } of lazy) socket.destroy()
})

test('a client that never closes its side is cut off when its stream has ended', async () => {
  const { body } = await shop.staff.call(userContract.operations.createApiKey, {
    body: { name: 'brief', scopes: ['event:event:read'] },
  })
  const { port, hostname } = address()
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  const failed = once(socket, 'error')
  const upgrade = head('GET /v1/stream', ...webSocketHeaders).replace(key, body.key)
  socket.write(`${upgrade}\r\n`)
  await once(socket, 'data')
  const ended = once(socket.resume(), 'end')
  await shop.staff.call(userContract.operations.revokeApiKey, { params: { keyId: body.id } })
  await ended
  const ping = Buffer.from([0x89, 0x80, 1, 2, 3, 4])
  const writing = setInterval(() => socket.write(ping), 100)
  expect((await failed)[0].code).toMatch(/EPIPE|ECONNRESET/)
  clearInterval(writing)
})

test('a tenant has so many streams open at the most, and others have theirs', async () => {
  const crowded = await platform.shop()
  const crowd = await crowded.staff.call(userContract.operations.createApiKey, {
    body: { name: 'stream', scopes: ['event:event:read'] },
  })
  const url = `${address().origin}/v1/stream`
  const openOne = () => openEventSource(url, { 'x-api-key': crowd.body.key })
  const streams = await Promise.all(Array.from({ length: most }, openOne))
  expect(streams.map((one) => one.status)).toEqual(Array(most).fill(200))
  const refused = await openOne()
  expect([refused.status, refused.problem?.code]).toEqual([429, 'event_streaming.streams_exceeded'])
  const elsewhere = await openEventSource(url, { 'x-api-key': key })
  expect(elsewhere.status).toBe(200)
  streams.pop()?.close()
  await expect
    .poll(async () => {
      const next = await openOne()
      streams.push(next)
      return next.status
    })
    .toBe(200)
  for (const one of [...streams, elsewhere]) one.close()
})
