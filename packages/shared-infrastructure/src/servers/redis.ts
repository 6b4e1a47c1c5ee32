import { mkdir } from 'node:fs/promises'
import { findProgram, MissingProgram } from './program.ts'
import { answersOn, loopback, type ServerProcess, startServerProcess } from './server-process.ts'

/** A Redis of the system's package, with its data in a folder. It survives a restart. */
export async function startRedis(options: {
  readonly directory: string
  readonly port: number
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
  }
  const url = `redis://${loopback}:${port}`
  return startServerProcess({
    ...{ directory, port, url },
    command: [program, ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])],
    environment: { EVENT_TRANSPORT: 'redis', REDIS_URL: url },
    isReady: () => answersOn(port, 'PING\r\n', '+PONG'),
  })
}
