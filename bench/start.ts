import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Figure, median } from './figure.ts'
import { removeState, startServer, temporaryState } from './server-process.ts'

const rounds = 3
const idleSeconds = 10

/** First and second start, memory and CPU at rest. Installing is not part of it. */
export async function run(): Promise<Figure[]> {
  const first: number[] = []
  const second: number[] = []
  let residentMiB = Number.NaN
  let idleCpu = Number.NaN
  for (let round = 0; round < rounds; round++) {
    const state = await temporaryState()
    try {
      const fresh = await startServer(state)
      first.push(fresh.startSeconds)
      await fresh.stop()
      const again = await startServer(state)
      second.push(again.startSeconds)
      if (round === rounds - 1) {
        await sleep(2_000)
        const before = again.cpuSeconds()
        await sleep(idleSeconds * 1_000)
        idleCpu = ((again.cpuSeconds() - before) / idleSeconds) * 100
        residentMiB = again.residentMiB()
      }
      await again.stop()
    } finally {
      await removeState(state)
    }
  }
  return [
    atMost('first start, database created', median(first), 10, 's'),
    atMost('second start', median(second), 3, 's'),
    atMost('Node resident at rest', residentMiB, 350, 'MiB'),
    atMost('CPU at rest', idleCpu, 2, '% of a core'),
  ]
}
