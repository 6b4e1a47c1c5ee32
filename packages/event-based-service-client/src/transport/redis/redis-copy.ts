// The copy as Redis streams: one for each topic and partition, whose entries have the positions of
// the log as their ids.
import type { Redis } from 'ioredis'
import { logName } from '../../log-source.ts'
import type { CopiedEvent, Copy, CopyPage, CopyRequest, Watermark } from '../copy.ts'
import { answered, connectRedis, type RedisSettings } from './redis-connection.ts'
import { entryId, fromEntry } from './redis-entry.ts'
import { type RedisNames, redisNames } from './redis-names.ts'
import { readWatermark, toWatermark, watermarkFields } from './redis-watermark.ts'
import { createRedisWriter } from './redis-writer.ts'

/** Of one stream; less would make small batches, and one partition can be all there is to read. */
const leastPerStream = 100

/** `topics` are the services whose events are copied. */
export function createRedisCopy(settings: RedisSettings, topics: readonly string[]): Copy {
  const names = redisNames(settings.prefix)
  const opened: Promise<Redis>[] = []
  const open = () => {
    const one = connectRedis(settings)
    opened.push(one)
    return one
  }
  let reading: Promise<Redis> | undefined
  const forReading = () => {
    reading ??= open()
    return reading
  }

  return {
    watermark: async () => readWatermark(await forReading(), names),
    openReading: () => ({
      read: async (request) => readStreams(await forReading(), names, request),
    }),
    follow(listener) {
      void open().then((redis) => {
        redis.on('message', (_channel, message) =>
          listener({ log: logName, ...JSON.parse(message) }),
        )
        // Also after every reconnection; what is lost meanwhile is looked for every few seconds.
        redis.on('ready', () => redis.subscribe(names.channel).catch(() => {}))
        redis.connect().catch(() => {})
      })
    },
    openWriter: () => createRedisWriter(settings, topics),
    async close() {
      for (const one of opened) (await one).disconnect()
    },
  }
}

type Streams = [stream: string, entries: [id: string, fields: string[]][]][]

/** Events and watermark in one transaction, so that they belong together. */
async function readStreams(
  redis: Redis,
  names: RedisNames,
  { topics, after, most }: CopyRequest,
): Promise<CopyPage> {
  const wanted = topics.flatMap((topic) =>
    [...after].map(([partition, position]) => ({
      stream: names.stream(topic, partition),
      partition,
      id: entryId(position),
    })),
  )
  const count = Math.max(leastPerStream, Math.ceil(most / Math.max(1, wanted.length)))
  const transaction = redis.multi().hmget(names.watermark, ...watermarkFields)
  if (wanted.length > 0)
    transaction.call(
      ...(['XREAD', 'COUNT', count, 'STREAMS'] as const),
      ...wanted.map(({ stream }) => stream),
      ...wanted.map(({ id }) => id),
    )
  const [mark, found] = (await answered(redis, transaction.exec())) ?? []
  for (const [error] of [mark, found].filter((one) => one !== undefined)) if (error) throw error
  const watermark = toWatermark((mark?.[1] ?? []) as string[])
  const partitionOf = new Map(wanted.map(({ stream, partition }) => [stream, partition]))
  return pageOf(watermark, (found?.[1] ?? []) as Streams, partitionOf, count)
}

/** A stream that was answered with as many entries as it may is known up to its last one only. */
function pageOf(
  watermark: Watermark | undefined,
  streams: Streams,
  partitionOf: ReadonlyMap<string, number>,
  count: number,
): CopyPage {
  const limits = new Map<number, number>()
  const found: CopiedEvent[] = []
  for (const [stream, entries] of streams) {
    const partition = partitionOf.get(stream) ?? 0
    for (const [id, fields] of entries) found.push(fromEntry(id, fields, partition))
    const last = found.at(-1)
    if (last && entries.length >= count)
      limits.set(partition, Math.min(last.position, limits.get(partition) ?? last.position))
  }
  const reached = (partition: number) => limits.get(partition) ?? watermark?.published ?? 0
  const events = found.filter((event) => event.position <= reached(event.partition))
  if (new Set(partitionOf.values()).size < partitionOf.size)
    events.sort((one, other) => one.position - other.position)
  return { watermark, events, reached, hasMore: limits.size > 0, floors: new Map() }
}
