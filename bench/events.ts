import { randomUUID } from 'node:crypto'
import { userContract } from '@prognetwork/contracts/user'
import { request } from 'undici'
import { atLeast, atMost, type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { makeOperator, withoutLimits } from './people.ts'
import { removeState, startServer, temporaryState } from './server-process.ts'
import { makeShop } from './shop.ts'

const seconds = 4
const rounds = 3
const perRequest = 200
const quiet = 200

const event = () => ({
  specversion: '1.0',
  id: randomUUID(),
  type: 'bench.measured',
  subject: randomUUID(),
  data: { orderId: randomUUID(), lines: [{ sku: 'ABC-123', quantity: 2 }], note: 'x'.repeat(90) },
})

/**
 * What outside programs get of event-streaming-service, over HTTP with everything on: events published
 * in lists and one by one, and how long one takes from its request to a client of a stream.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, withoutLimits)
  try {
    await makeOperator(server)
    const { staff } = await makeShop(server, 'publishing')
    const { body } = await staff.call(userContract.operations.createApiKey, {
      body: { name: 'bench', scopes: ['event:event:read', 'event:event:publish'] },
    })
    const origin = server.originOf('event-streaming-service')
    const headers = { 'x-api-key': body.key, 'content-type': 'application/json' }
    const published = async (connections: number, make: () => unknown) => {
      const done = await load(origin, {
        ...{ connections, seconds, status: 202 },
        next: () => ({
          method: 'POST',
          path: '/v1/events',
          headers,
          body: JSON.stringify(make()),
        }),
      })
      return done.perSecond
    }
    const lists: number[] = []
    const single: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const list = await published(8, () => Array.from({ length: perRequest }, event))
      const one = await published(64, event)
      // The first round warms up.
      if (round === 0) continue
      lists.push(list * perRequest)
      single.push(one)
    }
    const took = await publishToStream(origin, headers)
    return [
      atLeast(`published in lists of ${perRequest}`, median(lists), 15_000, '/s'),
      atLeast('published one by one', median(single), 5_000, '/s'),
      atMost('from the request to a client of a stream, median', median(took), 10, 'ms'),
      informs(
        'the same, 99th percentile',
        took[Math.floor(took.length * 0.99)] ?? Number.NaN,
        'ms',
      ),
    ]
  } finally {
    await server.stop()
    await removeState(state)
  }
}

/** One event after the other on a quiet platform; milliseconds each, in order of size. */
async function publishToStream(
  origin: string,
  headers: Readonly<Record<string, string>>,
): Promise<number[]> {
  const stream = await request(`${origin}/v1/stream?types=bench.*`, { headers, bodyTimeout: 0 })
  let arrived = (_atMs: number) => {}
  stream.body.on('data', (chunk: Buffer) => {
    if (chunk.includes('bench.measured')) arrived(performance.now())
  })
  stream.body.on('error', () => {})
  const took: number[] = []
  for (let n = 0; n < quiet; n++) {
    const { promise, resolve } = Promise.withResolvers<number>()
    arrived = resolve
    const sentMs = performance.now()
    const { body } = await request(`${origin}/v1/events`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify(event()),
    })
    await body.dump()
    took.push((await promise) - sentMs)
  }
  stream.body.destroy()
  return took.sort((one, other) => one - other)
}
