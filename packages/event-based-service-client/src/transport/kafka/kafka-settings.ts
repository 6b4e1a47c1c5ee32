import { isIP } from 'node:net'
import type { BaseOptions } from '@platformatic/kafka'
import { causesOf, isOfCertificate, isWithoutTls } from '../refusal.ts'
import { TransportUnavailable } from '../transport.ts'

export interface KafkaSettings {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[]
  /** Begins every name, so that several installations can share one cluster. */
  readonly prefix: string
  /** How many brokers keep each topic; the cluster's own default without it. */
  readonly replicas?: number
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    readonly username: string
    readonly password: string
  }
  /** Present when brokers are spoken to by TLS; `ca` is a certificate (PEM) they are checked by. */
  readonly tls?: { readonly ca?: string }
}

/** A topic for each service that publishes, and one for the watermark. */
export function kafkaNames(prefix: string) {
  return {
    topic: (service: string) => `${prefix}.${service}`,
    watermark: `${prefix}.watermark`,
    /** All that copy share it, so that the latest to begin shuts the others out. */
    transactionalId: `${prefix}.copier`,
  }
}

export type KafkaNames = ReturnType<typeof kafkaNames>

const connectMs = 3_000
const answerMs = 5_000
const retryMs = 50

/** What every client of ours is made with. Failures are soon told: who asked tries again. */
export function clientOptions({ brokers, prefix, sasl, tls }: KafkaSettings): BaseOptions {
  return {
    clientId: prefix,
    bootstrapBrokers: [...brokers],
    connectTimeout: connectMs,
    requestTimeout: answerMs,
    timeout: answerMs,
    retries: 2,
    retryDelay: retryMs,
    ...(sasl && { sasl }),
    // Services that many share tell their customers apart by the name; an address is none.
    ...(tls && { tls, tlsServerName: brokers.every((broker) => isIP(hostOf(broker)) === 0) }),
  }
}

const hostOf = (broker: string): string => broker.slice(0, broker.lastIndexOf(':'))

/** What Kafka refuses or does not answer can be tried again. */
export async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof TransportUnavailable) throw error
    throw new TransportUnavailable('Kafka', { cause: error, toMend: toMend(error) })
  }
}

function toMend(error: unknown): string | undefined {
  const causes = causesOf(error)
  const says = (sentence: RegExp) => causes.some(({ message }) => sentence.test(message))
  if (isOfCertificate(error)) return 'its certificate is not trusted (see KAFKA_CA_FILE)'
  if (isWithoutTls(error)) return 'it does not speak TLS there (see KAFKA_TLS and KAFKA_BROKERS)'
  if (says(/Broker requires TLS/)) return 'it wants TLS (see KAFKA_TLS)'
  if (causes.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION'))
    return 'it refused the user (see KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_MECHANISM)'
  const rights = causes.map(({ apiId }) => String(apiId)).filter((id) => /_AUTHORIZATION_/.test(id))
  return rights[0] && `the user of KAFKA_USERNAME lacks a right (${rights[0]})`
}
