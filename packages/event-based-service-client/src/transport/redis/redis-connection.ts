import type { Redis } from 'ioredis'
import { TransportUnavailable } from '../transport.ts'

export interface RedisSettings {
  /** `redis://` or `rediss://`, with name and password where Redis asks for them. */
  readonly url: string
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
export async function connectRedis({ url }: RedisSettings): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    socketTimeout: answerMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, times)),
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? 2 : false),
  })
  // Every failure reaches whoever waits for an answer; without a listener it would end the process.
  redis.on('error', () => {})
  return redis
}

/** What Redis refuses or does not answer can be tried again. */
export async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new TransportUnavailable('Redis', { cause: error })
  }
}
