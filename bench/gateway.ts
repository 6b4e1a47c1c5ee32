import { createTestClient } from '@prognetwork/testing'
import { atMost, type Figure, informs, median } from './figure.ts'
import { load, sound } from './load.ts'
import { makeOperator, withoutLimits } from './people.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'

const seconds = 3
const rounds = 3

/** CPU that one request costs the process, with every feature of the gateway on. */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, withoutLimits)
  try {
    await makeOperator(server)
    await createTestClient(server.origin).raw('GET', '/api/v1/key-set')
    const health = await cpuPerRequest(server, '/health')
    const handedOver = await cpuPerRequest(server, '/api/v1/key-set')
    return [
      informs('answered by the gateway itself (/health)', health, 'us CPU'),
      atMost('handed over in the process, everything on', handedOver, 30, 'us CPU'),
    ]
  } finally {
    await server.stop()
    await removeState(state)
  }
}

async function cpuPerRequest(server: ServerProcess, path: string): Promise<number> {
  const figures: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const before = server.cpuSeconds()
    const { requests } = sound(
      await load(server.origin, {
        connections: 32,
        seconds,
        status: 200,
        next: () => ({ method: 'GET', path }),
      }),
    )
    // The first round warms up.
    if (round > 0) figures.push(((server.cpuSeconds() - before) / requests) * 1e6)
  }
  return median(figures)
}
