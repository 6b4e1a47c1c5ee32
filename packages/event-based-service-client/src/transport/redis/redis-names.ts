import { allPartitions } from '../../partitions.ts'

/**
 * The names of a copy. The braces keep them together on one node of a Redis Cluster, where a
 * script may touch no other.
 */
export function redisNames(prefix: string) {
  const under = (name: string) => `{${prefix}}:${name}`
  const stream = (topic: string, partition: number) => under(`log:${topic}:${partition}`)
  return {
    watermark: under('watermark'),
    /** Published on with every new watermark. */
    channel: under('moved'),
    stream,
    streams: (topics: readonly string[]) =>
      topics.flatMap((topic) => allPartitions.map((partition) => stream(topic, partition))),
  }
}

export type RedisNames = ReturnType<typeof redisNames>
