import type { Redis } from 'ioredis'
import { type CopiedEvent, type CopyWriter, LotTooLarge, type Watermark } from '../copy.ts'
import { TransportUnavailable } from '../transport.ts'
import { answered, connectRedis, type RedisSettings } from './redis-connection.ts'
import { entryId, toFields } from './redis-entry.ts'
import { type RedisNames, redisNames } from './redis-names.ts'
import { readWatermark } from './redis-watermark.ts'

// Each compares the watermark first, so that one of several writers is the only one to go on, and
// each is one step to all others: a watermark never tells of what is not there.
const sameMark = `
  local mark = redis.call('hmget', KEYS[1], 'incarnation', 'published')
  if (mark[1] or '') ~= ARGV[1] or (mark[2] or '') ~= ARGV[2] then return 0 end`
const beginScript = `${sameMark}
  for i = 2, #KEYS do redis.call('unlink', KEYS[i]) end
  redis.call('hset', KEYS[1], 'incarnation', ARGV[3], 'floor', ARGV[4], 'published', ARGV[4])
  redis.call('publish', ARGV[5], ARGV[6])
  return 1`
const appendScript = `${sameMark}
  for i = 6, #ARGV, 6 do
    redis.call('xadd', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4],
      ARGV[i + 5])
  end
  redis.call('hset', KEYS[1], 'published', ARGV[3])
  redis.call('publish', ARGV[4], ARGV[5])
  return 1`
// Here nothing is to come in between: readers are sent to the log before entries go.
const leaveOutScript = `${sameMark}
  redis.call('hset', KEYS[1], 'floor', ARGV[3], 'published', ARGV[3])
  for i = 2, #KEYS do redis.call('xtrim', KEYS[i], 'minid', '~', ARGV[3]) end
  redis.call('publish', ARGV[4], ARGV[5])
  return 1`
const trimScript = `
  if redis.call('hget', KEYS[1], 'incarnation') ~= ARGV[1] then return 0 end
  redis.call('hset', KEYS[1], 'floor', ARGV[2])
  for i = 2, #KEYS do redis.call('xtrim', KEYS[i], 'minid', '~', ARGV[2]) end
  return 1`

/** No Redis can be told to take less in one word. */
const leastLimit = 2 ** 20

/** Trims when this much more than asked for is kept, so that it is rare. */
const slack = 1.1

export function createRedisWriter(settings: RedisSettings, topics: readonly string[]): CopyWriter {
  const names = redisNames(settings.prefix)
  const opening = connectRedis(settings)
  let isChecked = false

  async function connected(): Promise<Redis> {
    const redis = await opening
    if (!isChecked) await refuseEviction(redis)
    isChecked = true
    return redis
  }

  async function trim(redis: Redis, watermark: Watermark): Promise<Watermark> {
    const { incarnation, floor, published } = watermark
    if (published - floor < settings.keptEvents * slack) return watermark
    const keys = [names.watermark, ...names.streams(topics)]
    const raised = published - settings.keptEvents
    await answered(redis, redis.eval(trimScript, keys.length, ...keys, incarnation, raised))
    return { ...watermark, floor: raised }
  }

  return {
    watermark: async () => readWatermark(await connected(), names),
    async begin({ incarnation, after, former }) {
      const redis = await connected()
      const keys = [names.watermark, ...names.streams(topics)]
      const expected = [former?.incarnation ?? '', former?.published ?? '']
      await answered(
        redis,
        redis.eval(
          beginScript,
          keys.length,
          ...keys,
          ...[...expected, incarnation, after, names.channel, JSON.stringify({ to: after })],
        ),
      )
    },
    async append(watermark, events) {
      const last = events.at(-1)
      if (!last) return watermark
      const redis = await connected()
      await refuseTooLarge(redis, events)
      const { keys, words } = asWords(events, names)
      const { incarnation, published } = watermark
      const types = [...new Set(events.map(({ type }) => type))]
      const message = JSON.stringify({ to: last.position, types })
      const isDone = await answered(
        redis,
        redis.eval(
          appendScript,
          keys.length,
          ...keys,
          ...[incarnation, published, last.position, names.channel, message],
          ...words,
        ),
      )
      return isDone === 1 ? trim(redis, { ...watermark, published: last.position }) : undefined
    },
    async leaveOut({ incarnation, published }, { position, type }) {
      const redis = await connected()
      const keys = [names.watermark, ...names.streams(topics)]
      const message = JSON.stringify({ to: position, types: [type] })
      const isDone = await answered(
        redis,
        redis.eval(
          leaveOutScript,
          keys.length,
          ...keys,
          ...[incarnation, published, position, names.channel, message],
        ),
      )
      return isDone === 1 ? { incarnation, floor: position, published: position } : undefined
    },
    async close() {
      const redis = await opening
      redis.disconnect()
    },
  }
}

/** Each stream once among the keys, and each event with the number of its stream there. */
function asWords(events: readonly CopiedEvent[], names: RedisNames) {
  const places = new Map<string, number>([[names.watermark, 1]])
  const words: (string | number)[] = []
  for (const event of events) {
    const stream = names.stream(event.source, event.partition)
    const place = places.get(stream) ?? places.size + 1
    places.set(stream, place)
    words.push(place, entryId(event.position), ...toFields(event))
  }
  return { keys: [...places.keys()], words }
}

/**
 * Redis is asked before, for it answers by ending the connection, often before that can be read. Where
 * it does not let itself be asked, it is taken to be as it comes, with 512 MB.
 */
async function refuseTooLarge(redis: Redis, events: readonly CopiedEvent[]): Promise<void> {
  const largest = Math.max(...events.map(({ data }) => Buffer.byteLength(data)))
  if (largest <= leastLimit) return
  const [, most] = (await redis.config('GET', 'proto-max-bulk-len').catch(() => [])) as string[]
  if (largest > Number(most)) throw new LotTooLarge(`${most} bytes (proto-max-bulk-len of Redis)`)
}

/** A Redis that drops keys when it is full could drop a stream and keep the watermark. */
async function refuseEviction(redis: Redis): Promise<void> {
  const memory = await answered(redis, redis.info('memory'))
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? ''
  if (policy.startsWith('allkeys'))
    throw new TransportUnavailable(
      `a copy of the log in a Redis that evicts any key (maxmemory-policy ${policy}; use noeviction)`,
    )
}
