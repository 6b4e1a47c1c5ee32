import { Pool } from 'undici'

/** What a load came to. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  /** So long 95 of 100 requests took at the most, from being sent to the end of the answer. */
  readonly p95Ms: number
}

/**
 * Sends requests over `connections` kept connections, each waiting for its answer, for `seconds`.
 * Throws when one is answered with another status than `status`: no figure would mean anything.
 */
export async function load(
  origin: string,
  options: {
    readonly connections: number
    readonly seconds: number
    readonly status: number
    next(worker: number): {
      method: 'GET' | 'POST'
      path: string
      headers?: Record<string, string>
      body?: string
    }
  },
): Promise<Load> {
  const pool = new Pool(origin, { connections: options.connections })
  const started = performance.now()
  const untilMs = started + options.seconds * 1_000
  const took: number[] = []
  const work = async (worker: number) => {
    while (performance.now() < untilMs) {
      const begun = performance.now()
      const { statusCode, body } = await pool.request(options.next(worker))
      if (statusCode !== options.status)
        throw new Error(`it was answered ${statusCode}: ${await body.text()}`)
      await body.dump()
      took.push(performance.now() - begun)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.connections }, (_, worker) => work(worker)))
  } finally {
    await pool.close()
  }
  const seconds = (performance.now() - started) / 1_000
  took.sort((one, other) => one - other)
  return {
    ...{ requests: took.length, seconds, perSecond: took.length / seconds },
    p95Ms: took[Math.floor(took.length * 0.95)] ?? Number.NaN,
  }
}
