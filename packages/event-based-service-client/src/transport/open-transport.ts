import type { MoveWakeUps } from '../wake-ups.ts'
import { createCopyTransport } from './copy-transport.ts'
import type { KafkaSettings } from './kafka/kafka-settings.ts'
import { createPostgresTransport } from './postgres.ts'
import type { RedisSettings } from './redis/redis-connection.ts'
import type { Transport } from './transport.ts'

export type TransportSettings =
  | { readonly kind: 'postgres' }
  | ({ readonly kind: 'redis' } & RedisSettings)
  | ({ readonly kind: 'kafka' } & KafkaSettings)

/** Opens one transport; what only another one needs is never loaded. */
export async function openTransport(
  settings: TransportSettings,
  options: {
    readonly wakeUps: Pick<MoveWakeUps, 'onMoved'>
    /** Every service that publishes. */
    readonly topics: readonly string[]
  },
): Promise<Transport> {
  if (settings.kind === 'postgres') return createPostgresTransport(options.wakeUps)
  const { topics } = options
  if (settings.kind === 'redis') {
    const { createRedisCopy } = await import('./redis/redis-copy.ts')
    return createCopyTransport({ name: 'Redis', copy: createRedisCopy(settings, topics) })
  }
  const { createKafkaCopy } = await import('./kafka/kafka-copy.ts')
  return createCopyTransport({ name: 'Kafka', copy: createKafkaCopy(settings, topics) })
}
