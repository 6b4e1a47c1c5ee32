import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { environment } from '@prognetwork/environment-configuration'
import { findProgram, MissingProgram } from './program.ts'
import { answersOn, loopback, type ServerProcess, startServerProcess } from './server-process.ts'

// What the package puts into the PATH insists on a user of its own.
const program = '/usr/lib/rabbitmq/bin/rabbitmq-server'

export function hasRabbitmq(): boolean {
  return existsSync(program) && findProgram('epmd') !== undefined
}

/** A RabbitMQ of the system's package, with its data in a folder; user and password are `guest`. */
export async function startRabbitmq(options: {
  readonly directory: string
  readonly port: number
  /** For what Erlang says to itself: the register of its nodes, and this node. */
  readonly registerPort: number
  readonly nodePort: number
}): Promise<ServerProcess> {
  const { directory, port, registerPort } = options
  const register = findProgram('epmd')
  if (!hasRabbitmq() || !register) throw new MissingProgram('rabbitmq-server', 'rabbitmq-server')
  await mkdir(directory, { recursive: true })
  const env = environmentOf(options)
  const server = await startServerProcess({
    ...{ directory, port, env },
    url: `amqp://guest:guest@${loopback}:${port}`,
    command: [program],
    environment: {},
    isReady: () => answersOn(port, 'AMQP\0\0\u0009\u0001', '\u0001'),
  })
  return {
    ...server,
    async stop(signal) {
      await server.stop(signal)
      // Erlang starts it beside the server, and it would stay.
      spawnSync(register, ['-port', String(registerPort), '-kill'], { env })
    },
  }
}

function environmentOf(options: {
  readonly directory: string
  readonly port: number
  readonly registerPort: number
  readonly nodePort: number
}): NodeJS.ProcessEnv {
  const { directory } = options
  return {
    PATH: environment.PATH,
    // The cookie of Erlang is kept there.
    HOME: directory,
    ERL_EPMD_ADDRESS: loopback,
    ERL_EPMD_PORT: String(options.registerPort),
    RABBITMQ_NODENAME: 'prognetwork@localhost',
    RABBITMQ_NODE_IP_ADDRESS: loopback,
    RABBITMQ_NODE_PORT: String(options.port),
    RABBITMQ_DIST_PORT: String(options.nodePort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: `${directory}/mnesia`,
    RABBITMQ_LOG_BASE: `${directory}/log`,
    RABBITMQ_PID_FILE: `${directory}/pid`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${directory}/enabled_plugins`,
    RABBITMQ_CONFIG_FILE: `${directory}/rabbitmq`,
  }
}
