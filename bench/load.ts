import { Pool } from 'undici'

/** What a load came to. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  /** Answers that were not the expected status. */
  readonly unexpected: number
}

/**
 * Sends requests over `connections` kept connections, each waiting for its answer, for `seconds`.
 * `next` makes each request; whatever does not answer `status` counts as unexpected.
 */
export async function load(
  origin: string,
  options: {
    connections: number
    seconds: number
    status: number
    next: (worker: number) => {
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
  let requests = 0
  let unexpected = 0
  const work = async (worker: number) => {
    while (performance.now() < untilMs) {
      const { statusCode, body } = await pool.request(options.next(worker))
      await body.dump()
      requests++
      if (statusCode !== options.status) unexpected++
    }
  }
  await Promise.all(Array.from({ length: options.connections }, (_, worker) => work(worker)))
  await pool.close()
  return { requests, seconds: (performance.now() - started) / 1_000, unexpected }
}

/** A load whose every answer was the expected one; otherwise the figure would mean nothing. */
export function sound(result: Load): Load {
  if (result.unexpected > 0)
    throw new Error(`${result.unexpected} of ${result.requests} answers were unexpected`)
  return result
}
