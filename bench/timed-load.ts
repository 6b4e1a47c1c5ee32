import { Pool } from 'undici'

interface TimedLoad {
  readonly requests: number
  readonly perSecond: number
  readonly p95Ms: number
}

/** Posts over one connection per worker, each waiting for its answer, and times every one. */
export async function timedLoad(
  origin: string,
  options: {
    readonly workers: number
    readonly seconds: number
    next(): { path: string; headers: Record<string, string>; body: string }
  },
): Promise<TimedLoad> {
  const pool = new Pool(origin, { connections: options.workers })
  const started = performance.now()
  const untilMs = started + options.seconds * 1_000
  const took: number[] = []
  const work = async () => {
    while (performance.now() < untilMs) {
      const begun = performance.now()
      const { statusCode, body } = await pool.request({ method: 'POST', ...options.next() })
      const text = await body.text()
      if (statusCode !== 201) throw new Error(`it was answered ${statusCode}: ${text}`)
      took.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: options.workers }, work))
  const elapsed = (performance.now() - started) / 1_000
  await pool.close()
  took.sort((one, other) => one - other)
  return {
    requests: took.length,
    perSecond: took.length / elapsed,
    p95Ms: took[Math.floor(took.length * 0.95)] ?? Number.NaN,
  }
}
