// Redis as its client alone uses it: the same events in the same streams.
import type { CopiedEvent } from '@prognetwork/event-based-service-client'
import { Redis } from 'ioredis'
import { lotsOf } from './lots.ts'

const entriesPerRead = 1_000

export async function writeWithRedis(
  port: number,
  events: readonly CopiedEvent[],
): Promise<number> {
  const redis = new Redis(port)
  await redis.ping()
  const startedMs = performance.now()
  for (const lot of lotsOf(events)) {
    const pipeline = redis.pipeline()
    for (const { partition, data, ...attributes } of lot)
      pipeline.xadd(
        `alone:${partition}`,
        '*',
        ...['attributes', JSON.stringify(attributes), 'data', data],
      )
    await pipeline.exec()
  }
  const rate = events.length / ((performance.now() - startedMs) / 1_000)
  redis.disconnect()
  return rate
}

export async function readWithRedis(port: number, events: readonly CopiedEvent[]): Promise<number> {
  const redis = new Redis(port)
  const streams = [...new Set(events.map(({ partition }) => `alone:${partition}`))]
  const from = new Map(streams.map((stream) => [stream, '0-0']))
  let count = 0
  const startedMs = performance.now()
  while (count < events.length) {
    const perStream = Math.ceil(entriesPerRead / streams.length)
    const words = ['COUNT', perStream, 'STREAMS', ...from.keys(), ...from.values()]
    const found = (await redis.call('XREAD', ...words)) as [string, [string, string[]][]][]
    for (const [stream, entries] of found) {
      for (const [id, [, attributes = '', , data = '']] of entries) {
        const event: CopiedEvent = { ...JSON.parse(attributes), data }
        if (event.data !== '') count += 1
        from.set(stream, id)
      }
    }
  }
  const rate = count / ((performance.now() - startedMs) / 1_000)
  redis.disconnect()
  return rate
}
