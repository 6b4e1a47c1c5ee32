import { join, resolve } from 'node:path'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import {
  fetchKafkaJars,
  type ServerProcess,
  startKafka,
  startRabbitmq,
  startRedis,
} from '@prognetwork/shared-infrastructure/servers'
import { readConfiguration } from './configuration.ts'
import { say } from './speech.ts'
import { stopSignal } from './stop-signal.ts'

type Start = (directory: string, port: number) => Promise<ServerProcess>

/** Servers of others that parts of the platform can use, each with the port it usually has. */
const servers: Readonly<Record<string, { readonly port: number; readonly start: Start }>> = {
  redis: { port: 6379, start: (directory, port) => startRedis({ directory, port }) },
  kafka: {
    port: 9092,
    start: (directory, port) => startKafka({ directory, port, controllerPort: port + 1, say }),
  },
  rabbitmq: {
    port: 5672,
    start: (directory, port) =>
      startRabbitmq({ directory, port, registerPort: port + 1, nodePort: port + 2 }),
  },
}

export const serverNames = Object.keys(servers)

/** `prog services start`: runs a real server for a developer until a signal comes. */
export async function startServer(
  definitions: readonly AnyDefinition[],
  directory: string,
  name: string,
  options: { readonly port?: string },
): Promise<void> {
  const one = servers[name]
  if (!one) throw new Error(`there is no ${name} to start, only ${serverNames.join(', ')}`)
  const { platform } = readConfiguration(definitions, directory)
  const stopping = stopSignal()
  const folder = join(resolve(directory, platform.stateDirectory), 'servers', name)
  const server = await one.start(folder, options.port ? Number(options.port) : one.port)
  say(`${name} runs at ${server.url}, with its data in ${folder}.`)
  for (const [key, value] of Object.entries(server.environment)) say(`  export ${key}=${value}`)
  const reason = await Promise.race([stopping, server.ended.then(() => 'ended')])
  if (reason === 'ended') process.exitCode = 1
  say(reason === 'ended' ? `${name} ended by itself.` : 'Stopping.')
  await server.stop()
}

/** `prog services fetch`: brings what a server needs and no package of the system has. */
export async function fetchServer(name: string): Promise<void> {
  if (name !== 'kafka') throw new Error(`${name} comes as a package of the system`)
  say(`Kafka is in ${await fetchKafkaJars(say)}.`)
}
