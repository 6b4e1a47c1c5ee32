import { createTestClient, startCluster, startSeparatePlatform } from '@prognetwork/testing'
import { atMost, type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { accessToken, makeOperator, withoutLimits } from './people.ts'
import {
  cpuSecondsOf,
  type MeasuredServer,
  removeState,
  startBareServer,
  startServer,
  temporaryState,
} from './server-process.ts'

const seconds = 3
const rounds = 3

/**
 * CPU that one request costs the process with every feature of the gateway on, and the same for
 * bare node:http in the same run: what the kernel takes for a request differs by machine.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const [bare, server] = await Promise.all([startBareServer(), startServer(state, withoutLimits)])
  try {
    await makeOperator(server)
    const token = await accessToken(createTestClient(server.origin), 'operator@example.com')
    const figures = {
      bare: [] as number[],
      health: [] as number[],
      handedOver: [] as number[],
      withToken: [] as number[],
    }
    for (let round = 0; round <= rounds; round++) {
      const measured = {
        bare: await cpuPerRequest(bare, '/'),
        health: await cpuPerRequest(server, '/health'),
        handedOver: await cpuPerRequest(server, '/api/v1/key-set'),
        withToken: await cpuPerRequest(server, '/api/v1/me/permissions', {
          authorization: `Bearer ${token}`,
        }),
      }
      // The first round warms up.
      if (round === 0) continue
      for (const name of ['bare', 'health', 'handedOver', 'withToken'] as const)
        figures[name].push(measured[name])
    }
    const floor = median(figures.bare)
    const handedOver = median(figures.handedOver)
    const withToken = median(figures.withToken)
    const proxied = await proxiedPerRequest()
    return [
      informs('bare node:http', floor, 'us CPU'),
      informs('answered by the gateway itself (/health)', median(figures.health), 'us CPU'),
      atMost('handed over in the process, everything on', handedOver, 30, 'us CPU'),
      informs('the same over bare node:http', handedOver / floor, 'times'),
      informs('handed over with an access token', withToken, 'us CPU'),
      atMost('passed on to a service in another process', proxied, 45, 'us CPU'),
      informs('the same over bare node:http', proxied / floor, 'times'),
    ]
  } finally {
    await bare.stop()
    await server.stop()
    await removeState(state)
  }
}

/** CPU of the gateway's process alone, with the service that answers in one of its own. */
async function proxiedPerRequest(): Promise<number> {
  const { cluster, stop } = await startCluster()
  const platform = await startSeparatePlatform([], {}, cluster)
  try {
    const gateway: MeasuredServer = {
      origin: platform.origin,
      cpuSeconds: () => cpuSecondsOf(platform.pidOf('api-gateway')),
      stop: async () => {},
    }
    const measured: number[] = []
    for (let round = 0; round <= rounds; round++)
      measured.push(await cpuPerRequest(gateway, '/api/v1/key-set'))
    return median(measured.slice(1))
  } finally {
    await platform.stop()
    await stop()
  }
}

async function cpuPerRequest(
  server: MeasuredServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const before = server.cpuSeconds()
  const { requests } = await load(server.origin, {
    connections: 32,
    seconds,
    status: 200,
    next: () => ({ method: 'GET', path, headers }),
  })
  return ((server.cpuSeconds() - before) / requests) * 1e6
}
