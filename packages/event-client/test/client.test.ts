import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloudEvent } from '@prognetwork/contracts/event-streaming'
import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, expectTypeOf, test, vi } from 'vitest'
import { countParcels } from '../examples/warehouse.ts'
import { createEventClient, type Event, type EventClient, EventProblem } from '../src/index.ts'

let platform: TestPlatform
let shop: TestShop
let apiKey: string
let client: EventClient

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  apiKey = await keyWith(['event:event:read', 'event:event:publish', 'event:group:*'])
  client = createEventClient({ url: platform.originOf('event-streaming-service'), apiKey })
})
afterAll(() => platform?.stop())

async function keyWith(scopes: string[]): Promise<string> {
  const { createApiKey } = userContract.operations
  const { body } = await shop.staff.call(createApiKey, { body: { name: 'client', scopes } })
  return body.key
}

async function take(events: AsyncGenerator<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = []
  for await (const event of events) {
    taken.push(event)
    if (taken.length === count) break
  }
  return taken
}

test('an event of the client is the event of the contract', () => {
  expectTypeOf<CloudEvent>().toExtend<Event>()
})

test('the example counts what it hears', async () => {
  expect(await countParcels({ url: platform.originOf('event-streaming-service'), apiKey })).toBe(1)
})

test('what is published is heard, and goes on after the last cursor', async () => {
  const hearing = take(client.subscribe({ types: ['box.*'] }), 2)
  const published: { id: string }[] = []
  // Hearing begins when its connection does.
  for (let n = 0; n < 5; n++) {
    published.push(...(await client.publish({ type: 'box.packed', data: { n } })))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const heard = await hearing
  const first = published.findIndex(({ id }) => id === heard[0]?.id)
  expect(heard.map((one) => one.id)).toEqual(published.slice(first, first + 2).map((one) => one.id))
  const after = heard[0]?.cursor ?? ''
  const [next] = await take(client.subscribe({ types: ['box.*'], after }), 1)
  expect(next?.id).toBe(heard[1]?.id)
})

test('volatile events are published, heard and worked through apart from the others', async () => {
  const log = 'volatile'
  const stop = new AbortController()
  const worked: string[] = []
  const handle = (event: Event) => void worked.push(event.subject)
  const working = client.work('pages', handle, { log, startAt: 'beginning', signal: stop.signal })
  const hearing = take(client.subscribe({ log, types: ['page.*'] }), 1)
  const kept = take(client.subscribe({ types: ['page.*'] }), 1)
  await vi.waitUntil(async () => {
    await client.publish({ type: 'page.viewed', subject: 'front', data: {}, log })
    return worked.length > 0
  }, 10_000)
  const [heard] = await hearing
  await client.publish({ type: 'page.archived', subject: 'front', data: {} })
  expect([heard?.type, (await kept)[0]?.type]).toEqual(['page.viewed', 'page.archived'])
  stop.abort()
  await working
  expect(new Set(worked)).toEqual(new Set(['front']))
})

test('a subscription goes on where it broke off', async () => {
  const { url, cut, close } = await interrupter(platform.originOf('event-streaming-service'))
  const through = createEventClient({ url, apiKey })
  const after = (await take(client.subscribe({ types: ['box.*'], after: await start() }), 1))[0]
  const hearing = take(through.subscribe({ types: ['cut.*'], after: after?.cursor ?? '' }), 6)
  for (let n = 0; n < 6; n++) {
    await client.publish({ type: 'cut.made', subject: `cut-${n}`, data: {} })
    await new Promise((resolve) => setTimeout(resolve, 60))
    if (n % 2 === 0) cut()
  }
  expect((await hearing).map((one) => one.subject)).toEqual(
    Array.from({ length: 6 }, (_, n) => `cut-${n}`),
  )
  close()
})

test('a group works on when a handler failed, and repeats only what it failed on', async () => {
  const done = new AbortController()
  const handled: string[] = []
  const failures: unknown[] = []
  const working = client.work(
    'failing',
    ({ subject }) => {
      handled.push(subject)
      if (subject === 'b' && handled.filter((one) => one === 'b').length === 1)
        throw new Error('not yet')
      if (subject === 'c') done.abort()
    },
    { types: ['work.*'], signal: done.signal, onFailure: (error) => failures.push(error) },
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  await client.publish(
    ['a', 'b', 'c'].map((subject) => ({ type: 'work.given', subject, data: {} })),
  )
  await working
  expect(handled).toEqual(['a', 'b', 'b', 'c'])
  expect(failures.map(String)).toEqual(['Error: not yet'])
})

test('what is refused says why, and where', async () => {
  const wrong = client.publish([
    { type: 'fine.made', data: {} },
    { type: 'Not A Type', data: {} },
  ])
  await expect(wrong).rejects.toMatchObject({
    code: 'request.invalid',
    status: 400,
    errors: [{ pointer: '/body/1/type' }],
  })
  const stranger = createEventClient({
    url: platform.originOf('event-streaming-service'),
    apiKey: await keyWith(['event:event:publish']),
  })
  await expect(take(stranger.subscribe(), 1)).rejects.toThrow(EventProblem)
  await expect(stranger.work('none', () => {})).rejects.toMatchObject({
    code: 'identity.permission_denied',
  })
})

test('publishing is tried again while nobody answers, and published once', async () => {
  const answers = [503, 200]
  const seen: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      seen.push(JSON.parse(text)[0].id)
      response.writeHead(answers[seen.length - 1] ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ events: [], code: 'service.unavailable', detail: 'soon' }))
    })
  })
  const url = await listening(server)
  await createEventClient({ url, apiKey }).publish({ type: 'a.b', data: {} })
  expect(seen).toHaveLength(2)
  expect(new Set(seen).size).toBe(1)
  server.close()
})

async function start(): Promise<string> {
  const { body } = await shop.staff.raw('GET', '/api/v1/events?limit=1')
  return (body as { items: { cursor: string }[] }).items[0]?.cursor ?? ''
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A way to a server that can be cut; what comes after is a new connection. */
async function interrupter(target: string) {
  const open = new Set<() => void>()
  const server = createServer((request, response) => {
    const abort = new AbortController()
    const cut = () => {
      abort.abort()
      response.destroy()
    }
    open.add(cut)
    fetch(`${target}${request.url}`, {
      headers: request.headers as Record<string, string>,
      signal: abort.signal,
    })
      .then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'text/event-stream' })
        for await (const chunk of answer.body ?? []) response.write(chunk)
      })
      .catch(() => {})
  })
  const cut = () => {
    for (const one of open) one()
    open.clear()
  }
  const url = await listening(server)
  return {
    ...{ url, cut },
    close() {
      cut()
      server.close()
    },
  }
}
