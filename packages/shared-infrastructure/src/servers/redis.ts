import { mkdir } from 'node:fs/promises'
import { findProgram, MissingProgram } from './program.ts'
import { answersOn, loopback, type ServerProcess, startServerProcess } from './server-process.ts'

/** A Redis of the system's package, with its data in a folder. It survives a restart. */
export async function startRedis(options: {
  readonly directory: string
  readonly port: number
  /** Of the server, in place of what it is given else. */
  readonly settings?: Readonly<Record<string, string>>
}): Promise<ServerProcess> {
  const { directory, port } = options
  const program = findProgram('redis-server')
  if (!program) throw new MissingProgram('redis-server', 'redis-server')
  await mkdir(directory, { recursive: true })
  const settings = {
    port: String(port),
    bind: loopback,
    dir: directory,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    ...options.settings,
  }
  const url = `redis://${loopback}:${port}`
  return startServerProcess({
    ...{ directory, port, url },
    command: [program, ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])],
    environment: { EVENT_TRANSPORT: 'redis', REDIS_URL: url },
    // By TLS or without a password it would answer something else.
    isReady: () => (options.settings ? answersOn(port) : answersOn(port, 'PING\r\n', '+PONG')),
  })
}
