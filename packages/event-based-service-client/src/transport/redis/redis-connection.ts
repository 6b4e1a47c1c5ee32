import { isIP } from 'node:net'
import type { Redis } from 'ioredis'
import { isOfCertificate, isWithoutTls } from '../refusal.ts'
import { TransportUnavailable } from '../transport.ts'

export interface RedisSettings {
  /** `redis://` or `rediss://`, with name and password where Redis asks for them. */
  readonly url: string
  /** A certificate (PEM) that a server of `rediss://` is checked by. */
  readonly ca?: string
  /** Begins every name, so that several installations can share one Redis. */
  readonly prefix: string
  /** About how many events at the end of the log the copy holds. */
  readonly keptEvents: number
}

const connectMs = 3_000
const answerMs = 5_000
const firstRetryMs = 50
const maxRetryMs = 1_000

/**
 * A connection that is opened when it is first used, and again whenever it is lost. A command that
 * is not answered fails soon: whoever asked knows best when to ask again.
 */
export async function connectRedis({ url, ca }: RedisSettings): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    socketTimeout: answerMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, times)),
    ...(url.startsWith('rediss:') && {
      tls: { ...(ca !== undefined && { ca }), ...serverNameOf(new URL(url).hostname) },
    }),
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? 2 : false),
  })
  // Whoever waits for an answer is told that there is no connection, and not why.
  redis.on('error', (error) => reasons.set(redis, error))
  redis.on('ready', () => reasons.delete(redis))
  return redis
}

/** Services that many share tell their customers apart by it, and Node does not send it by itself. */
function serverNameOf(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {}
}

const reasons = new WeakMap<Redis, Error>()

/** What Redis refuses or does not answer can be tried again. */
export async function answered<T>(redis: Redis, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const cause = reasons.get(redis) ?? error
    throw new TransportUnavailable('Redis', { cause, toMend: toMend(cause) })
  }
}

function toMend(error: unknown): string | undefined {
  const { message } = error instanceof Error ? error : { message: '' }
  if (isOfCertificate(error)) return 'its certificate is not trusted (see REDIS_CA_FILE)'
  if (isWithoutTls(error)) return 'it does not speak TLS there (see REDIS_URL)'
  if (/WRONGPASS|NOAUTH|invalid password/.test(message))
    return 'it refused the name or password (see REDIS_URL)'
  return message.includes('NOPERM') ? 'the user of REDIS_URL lacks a right' : undefined
}
