import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { userContract } from '@prognetwork/contracts/user'
import { request } from 'undici'
import { atMost, type Figure, informs, median } from './figure.ts'
import { makeOperator, withoutLimits } from './people.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'
import { makeShop } from './shop.ts'

const clients = 10_000
const broadcasts = 12

const kinds = {
  'Server-Sent Events': [],
  WebSocket: [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ],
} as const

/**
 * Ten thousand clients of one tenant on one process, for each protocol: what each costs in memory,
 * and how long one event takes to reach all of them, from the request that publishes it.
 */
export async function run(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, headers] of Object.entries(kinds))
    figures.push(...(await measure(name, headers)))
  return figures
}

async function measure(name: string, upgrade: readonly string[]): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, withoutLimits)
  let fleet: ChildProcess | undefined
  try {
    await makeOperator(server)
    const key = await keyOf(server)
    const origin = server.originOf('event-streaming-service')
    await broadcast(origin, key)
    await sleep(1_000)
    const before = server.residentMiB()
    fleet = fork(join(import.meta.dirname, 'stream-clients.ts'), [
      JSON.stringify({
        port: Number(new URL(origin).port),
        path: '/v1/stream?types=bench.*',
        headers: [`X-API-Key: ${key}`, ...upgrade],
        count: clients,
      }),
    ])
    await once(fleet, 'message')
    await sleep(2_000)
    const each = ((server.residentMiB() - before) * 1_024) / clients
    const all: number[] = []
    const slowest: number[] = []
    const cpu: number[] = []
    for (let round = 0; round < broadcasts; round++) {
      fleet.send('begin')
      await once(fleet, 'message')
      const cpuBefore = server.cpuSeconds()
      const toldMs = performance.timeOrigin + performance.now()
      await broadcast(origin, key)
      fleet.send('end')
      const [arrivals] = (await once(fleet, 'message')) as [number[]]
      if (arrivals.length < clients) throw new Error(`${arrivals.length} of ${clients} were told`)
      const took = arrivals.map((at) => at - toldMs).sort((one, other) => one - other)
      // The first warms up.
      if (round === 0) continue
      all.push(took[Math.floor(took.length / 2)] ?? Number.NaN)
      slowest.push(took[Math.floor(took.length * 0.99)] ?? Number.NaN)
      cpu.push((server.cpuSeconds() - cpuBefore) * 1_000)
    }
    return [
      atMost(`${name}: resident memory of a client`, each, 16, 'KiB'),
      informs(`${name}: one event to ${clients} clients, median`, median(all), 'ms'),
      atMost(`${name}: the same, 99th percentile`, median(slowest), 350, 'ms'),
      informs(`${name}: CPU of one event to all`, median(cpu), 'ms'),
    ]
  } finally {
    fleet?.disconnect()
    await server.stop()
    await removeState(state)
  }
}

async function keyOf(server: ServerProcess): Promise<string> {
  const { staff } = await makeShop(server, 'streaming')
  const { status, body } = await staff.call(userContract.operations.createApiKey, {
    body: { name: 'bench', scopes: ['event:event:read', 'event:event:publish'] },
  })
  if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`)
  return body.key
}

async function broadcast(origin: string, key: string): Promise<void> {
  const { statusCode, body } = await request(`${origin}/v1/events`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      specversion: '1.0',
      type: 'bench.told',
      data: { text: 'x'.repeat(200) },
    }),
  })
  await body.dump()
  if (statusCode !== 202) throw new Error(`publishing answered ${statusCode}`)
}
