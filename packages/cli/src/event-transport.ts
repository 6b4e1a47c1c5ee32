import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TransportSettings } from '@prognetwork/event-based-service-client'
import type { Configuration } from './configuration.ts'

type KafkaSettings = Extract<TransportSettings, { kind: 'kafka' }>

/** How consumers receive events, as the configuration says. Throws when a key is missing for it. */
export function transportSettings(
  configuration: Configuration,
  directory: string,
): TransportSettings {
  const { eventTransport: kind, eventPrefix: prefix, ...platform } = configuration.platform
  if (kind === 'postgres') return { kind }
  if (kind === 'kafka') return kafkaSettings(configuration, directory)
  const { redisUrl: url, redisKeptEvents: keptEvents, redisCaFile: caFile } = platform
  if (!url) throw new Error('REDIS_URL is required with EVENT_TRANSPORT=redis')
  if (caFile && !url.startsWith('rediss://'))
    throw new Error('REDIS_CA_FILE is of use with a REDIS_URL of rediss://')
  return { kind, url, prefix, keptEvents, ...(caFile && { ca: pemIn(directory, caFile) }) }
}

const pemIn = (directory: string, file: string) => readFileSync(resolve(directory, file), 'utf8')

function kafkaSettings({ platform }: Configuration, directory: string): KafkaSettings {
  const { kafkaBrokers: brokers, kafkaReplicas: replicas, kafkaUsername: username } = platform
  const { kafkaPassword: password, kafkaMechanism: mechanism, kafkaCaFile: caFile } = platform
  if (!brokers) throw new Error('KAFKA_BROKERS is required with EVENT_TRANSPORT=kafka')
  if ((username === undefined) !== (password === undefined))
    throw new Error('KAFKA_USERNAME and KAFKA_PASSWORD are given together or not at all')
  if (caFile && !platform.kafkaTls) throw new Error('KAFKA_CA_FILE is of use with KAFKA_TLS=true')
  return {
    ...{ kind: 'kafka', brokers, prefix: platform.eventPrefix },
    ...(replicas !== undefined && { replicas }),
    ...(username !== undefined &&
      password !== undefined && { sasl: { mechanism, username, password } }),
    ...(platform.kafkaTls && {
      tls: caFile ? { ca: pemIn(directory, caFile) } : {},
    }),
  }
}
