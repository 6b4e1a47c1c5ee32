import { createSocket, type Socket } from 'node:dgram'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { decode, encode, RECURSION_AVAILABLE } from 'dns-packet'
import { afterEach, expect, test } from 'vitest'
import { selfSigned } from './fixtures/self-signed.ts'
import { outsideFailure } from './outside-failure.ts'
import { createOutsideRequests, type OutsideRequests } from './outside-requests.ts'

const running: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop()
})

async function listen(
  handler: RequestListener,
  host = '127.0.0.1',
  server: Server = createServer(),
): Promise<string> {
  server.on('request', handler)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  running.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen')
  return `http://${host}:${address.port}`
}

/**
 * A name server that answers every name, one time after the other, with the next of the lists of
 * addresses (the last one again), and says what it was asked. Without any it is silent.
 */
async function answerNames(...lists: readonly (readonly string[])[]) {
  const asked: string[] = []
  const socket: Socket = createSocket('udp4')
  socket.on('message', (message, peer) => {
    const { id, questions = [] } = decode(message)
    const [question] = questions
    const isA = question?.type === 'A'
    const addresses = lists[Math.min(asked.length, lists.length - 1)]
    if (!addresses) return
    if (isA) asked.push(question.name)
    const name = question?.name ?? ''
    const answers = isA ? addresses.map((data) => ({ type: 'A' as const, name, ttl: 0, data })) : []
    const flags = RECURSION_AVAILABLE
    const answer = encode({ type: 'response', id: id ?? 0, flags, questions, answers })
    socket.send(answer, peer.port, peer.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  running.push(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return { asked, server: `127.0.0.1:${socket.address().port}` }
}

function open(allowedNetworks: readonly string[], nameServers: readonly string[] = []) {
  const requests = createOutsideRequests({ allowedNetworks, nameServers })
  running.push(() => requests.close())
  return requests
}

const get = (requests: OutsideRequests, url: string, timeoutMs = 5_000) =>
  requests.send({ url, method: 'GET', headers: {}, timeoutMs, maxReplyBytes: 1_000 })

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing went wrong',
    (error: unknown) => outsideFailure(error),
  )

test('loopback is asked only where an operator opened it', async () => {
  let requests = 0
  const origin = await listen((_, reply) => {
    requests++
    reply.end('hello')
  })
  expect(await failure(get(open([]), origin))).toBe('127.0.0.1 is not on the public internet')
  expect(requests).toBe(0)
  const reply = await get(open(['127.0.0.0/8']), origin)
  expect([reply.status, reply.body.toString(), reply.isWhole]).toEqual([200, 'hello', true])
})

test('a name that leads to loopback is refused, whatever its name server says next', async () => {
  const origin = await listen((_, reply) => reply.end('inside'))
  const { port } = new URL(origin)
  const names = await answerNames(['127.0.0.1'])
  const url = `http://hooks.example.com:${port}/`
  expect(await failure(get(open([], [names.server]), url))).toBe(
    'hooks.example.com is not on the public internet',
  )
  expect(names.asked).toEqual(['hooks.example.com'])
  expect(await failure(get(open([]), `http://localhost:${port}/`))).toMatch(/not on the public/)
  // One look-up for one connection: the second answer, a trap, is never asked for.
  const rebinding = await answerNames(['127.0.0.1'], ['127.0.0.2'])
  const reply = await get(open(['127.0.0.1/32'], [rebinding.server]), url)
  expect([reply.body.toString(), rebinding.asked.length]).toEqual(['inside', 1])
})

test('of the addresses of a name only those are connected to that are open', async () => {
  const origin = await listen((_, reply) => reply.end('open'))
  const url = `http://hooks.example.com:${new URL(origin).port}/`
  const names = await answerNames(['169.254.169.254', '10.0.0.1', '127.0.0.1'])
  const reply = await get(open(['127.0.0.1/32'], [names.server]), url)
  expect(reply.body.toString()).toBe('open')
})

test('a name that cannot be found, or whose server is silent, ends it in time', async () => {
  const none = await answerNames([])
  const url = 'http://hooks.example.com/'
  expect(await failure(get(open([], [none.server]), url))).toBe('The name has no address')
  const silent = await answerNames()
  const startedMs = performance.now()
  expect(await failure(get(open([], [silent.server]), url, 400))).toBe('No reply came in time')
  expect(performance.now() - startedMs).toBeLessThan(1_500)
})

test('a redirect is followed only to where it could have been asked directly', async () => {
  const inside = await listen((_, reply) => reply.end('secrets'), '127.0.0.2')
  let target = inside
  const origin = await listen((_, reply) => reply.writeHead(307, { location: target }).end())
  const requests = open(['127.0.0.1/32'])
  expect(await failure(get(requests, origin))).toBe('127.0.0.2 is not on the public internet')
  target = 'file:///etc/passwd'
  expect(await failure(get(requests, origin))).toMatch(/must begin with http/)
  target = '/again'
  expect(await failure(get(requests, origin))).toBe('It redirects more than 3 times')
  target = await listen((_, reply) => reply.end('there'))
  expect((await get(requests, origin)).body.toString()).toBe('there')
})

test('a redirect keeps method and body', async () => {
  const origin = await listen(async (request, reply) => {
    if (request.url === '/') reply.writeHead(301, { location: '/there' }).end()
    else {
      const chunks = await request.toArray()
      reply.end(`${request.method} ${Buffer.concat(chunks)}`)
    }
  })
  const reply = await open(['127.0.0.0/8']).send({
    ...{ url: origin, method: 'POST', headers: {}, body: 'a body' },
    ...{ timeoutMs: 5_000, maxReplyBytes: 1_000 },
  })
  expect(reply.body.toString()).toBe('POST a body')
})

test('an endless body is cut, and one that never ends is waited for no longer than allowed', async () => {
  const origin = await listen((request, reply) => {
    const write = () => {
      while (!reply.destroyed && reply.write('x'.repeat(10_000)));
    }
    reply.on('drain', write)
    if (request.url === '/slow') reply.write('x')
    else write()
  })
  const requests = open(['127.0.0.0/8'])
  const cut = await get(requests, origin)
  expect([cut.status, cut.body.length, cut.isWhole]).toEqual([200, 1_000, false])
  const slow = await get(requests, `${origin}/slow`, 300)
  expect([slow.status, slow.body.toString(), slow.isWhole]).toEqual([200, 'x', false])
})

test('what goes wrong is told in a sentence', async () => {
  const silent = await listen(() => {})
  const requests = open(['127.0.0.0/8'])
  expect(await failure(get(requests, silent, 200))).toBe('No reply came in time')
  const closing = await listen((request) => request.socket.destroy())
  expect(await failure(get(requests, closing))).toMatch(/closed before a reply/)
  const other = createTcpServer((socket) => socket.resume().end('220 mail.example.com ESMTP\r\n'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await failure(get(requests, `http://127.0.0.1:${port}`))).toBe('The reply is not HTTP')
  await new Promise((resolve) => other.close(resolve))
  expect(await failure(get(requests, `http://127.0.0.1:${port}`))).toBe(
    'The connection was refused',
  )
  expect(await failure(get(requests, closing.replace('http', 'https')))).toMatch(/TLS|closed/)
})

test('a certificate that nobody has signed ends it before anything is sent', async () => {
  let requests = 0
  const listener: RequestListener = (_, reply) => {
    requests++
    reply.end()
  }
  const plain = await listen(listener, '127.0.0.1', createTlsServer(selfSigned))
  const origin = plain.replace('http:', 'https:')
  expect(await failure(get(open(['127.0.0.0/8']), origin))).toBe(
    'The certificate is signed by itself',
  )
  expect(requests).toBe(0)
})
