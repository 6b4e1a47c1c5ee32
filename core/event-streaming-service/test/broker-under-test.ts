// A real broker for a suite, behind a door that can be shut: restarted, emptied, and out of reach.
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Admin,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka'
import type { TransportSettings } from '@prognetwork/event-based-service-client'
import {
  type ServerProcess,
  startKafka,
  startRedis,
} from '@prognetwork/shared-infrastructure/servers'
import { freePort } from '@prognetwork/testing'
import { Redis } from 'ioredis'

export interface Broker {
  settings(prefix: string): TransportSettings
  restart(): Promise<void>
  /** It comes back without anything. */
  empty(): Promise<void>
  /** From now on it takes no event of more than a megabyte. */
  limit(prefix: string): Promise<void>
  /** Nobody reaches it for so long. */
  cutOff(ms: number): Promise<void>
  stop(): Promise<void>
}

export const redisMissing = 'needs redis-server from the package of that name'
export const kafkaMissing = 'needs Java and the jars that `prog services fetch kafka` brings'

const loopback = '127.0.0.1'
const megabyte = 2 ** 20

type Start = (ports: {
  readonly directory: string
  readonly port: number
  readonly advertisedPort: number
}) => Promise<ServerProcess>

export interface BrokerKind {
  readonly start: Start
  settings(port: number, prefix: string): TransportSettings
  limit?(port: number, prefix: string): Promise<void>
}

/** `limit` only for brokers of which it is asked. */
export async function startBroker({ start, settings, limit }: BrokerKind): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), 'broker-'))
  const port = await freePort()
  const door = await openDoor(port)
  const run = () => start({ directory: join(directory, 'data'), port, advertisedPort: door.port })
  let server = await run()
  const again = async (between: () => Promise<void>) => {
    await server.stop('SIGKILL')
    await between()
    server = await run()
  }
  return {
    settings: (prefix) => settings(door.port, prefix),
    restart: () => again(async () => {}),
    async limit(prefix) {
      await limit?.(door.port, prefix)
    },
    empty: () => again(() => rm(join(directory, 'data'), { recursive: true })),
    async cutOff(ms) {
      await door.shut()
      await new Promise((resolve) => setTimeout(resolve, ms))
      await door.open()
    },
    async stop() {
      await door.shut()
      await server.stop('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export function startRedisBroker(): Promise<Broker> {
  return startBroker({
    start: startRedis,
    settings: (port, prefix) => ({
      ...{ kind: 'redis', prefix, keptEvents: 100_000 },
      url: `redis://${loopback}:${port}`,
    }),
    async limit(port) {
      const redis = new Redis(port)
      await redis.config('SET', 'proto-max-bulk-len', megabyte)
      redis.disconnect()
    },
  })
}

export async function startKafkaBroker(): Promise<Broker> {
  const controllerPort = await freePort()
  return startBroker({
    start: (ports) => startKafka({ ...ports, controllerPort }),
    settings: (port, prefix) => ({ kind: 'kafka', brokers: [`${loopback}:${port}`], prefix }),
    async limit(port, prefix) {
      const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`${loopback}:${port}`] })
      const { TOPIC: resourceType } = ConfigResourceTypes
      const { SET: configOperation } = IncrementalAlterConfigOperationTypes
      const configs = [{ name: 'max.message.bytes', value: String(megabyte), configOperation }]
      const resourceName = `${prefix}.maker-service`
      await admin.incrementalAlterConfigs({ resources: [{ resourceType, resourceName, configs }] })
      await admin.close()
    },
  })
}

/** A listener in front of a port. Shut, it ends every connection and takes no new one. */
async function openDoor(target: number) {
  const sockets = new Set<Socket>()
  const through = (near: Socket) => {
    const far = connect({ host: loopback, port: target })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  }
  const listen = (on: number) =>
    new Promise<Server>((resolve, reject) => {
      const opening = createServer(through)
      opening.once('error', reject)
      opening.listen(on, loopback, () => resolve(opening))
    })
  const port = await freePort()
  let listener = await listen(port)
  return {
    port,
    async open() {
      listener = await listen(port)
    },
    async shut() {
      const closed = new Promise((resolve) => listener.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
