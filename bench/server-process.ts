import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import { freePort } from '@prognetwork/testing'

const main = join(import.meta.dirname, '../packages/cli/src/main.ts')
const clockTicksPerSecond = 100

/** The platform in a process of its own, as `npm start` runs it, on state of its own. */
export interface ServerProcess extends MeasuredServer {
  readonly stateDirectory: string
  /** Where a public service of it listens. */
  originOf(service: string): string
  /** Seconds from its start to the announcement that it is up. */
  readonly startSeconds: number
  /** The one-time token of the set-up link; empty when there is an operator. */
  readonly setUpToken: string
  /** Resident memory of the process in MiB. */
  residentMiB(): number
  /** SIGKILL: no chance to say goodbye. */
  kill(): Promise<void>
}

export async function temporaryState(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'prog-bench-'))
  // As root the database runs as another user, who must be able to walk through.
  await chmod(directory, 0o711)
  return directory
}

export function removeState(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true })
}

/** Starts the platform with `env` on top of an empty environment; waits until it is up. */
export async function startServer(
  stateDirectory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const started = performance.now()
  const child = spawn(process.execPath, [main, 'up'], {
    env: {
      PATH: environment.PATH,
      STATE_DIRECTORY: stateDirectory,
      API_GATEWAY_PORT: String(port),
      EVENT_STREAMING_SERVICE_PORT: '0',
      ADMIN_CLIENT_PORT: '0',
      AUTH_CLIENT_PORT: '0',
      STOREFRONT_CLIENT_PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const said = await untilUp(child)
  const { pid } = child
  if (pid === undefined) throw new Error('the platform has no process')
  return {
    origin: `http://127.0.0.1:${port}`,
    cpuSeconds: () => cpuSecondsOf(pid),
    stateDirectory,
    originOf(service) {
      const origin = new RegExp(`(http://\\S+)  ${service}:`).exec(said)?.[1]
      if (origin === undefined) throw new Error(`${service} does not listen`)
      return origin
    },
    startSeconds: (performance.now() - started) / 1000,
    setUpToken: /token=(su_\S+)/.exec(said)?.[1] ?? '',
    residentMiB() {
      const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      return Number(line?.[1]) / 1024
    },
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

/** CPU that a process has taken, user and system; Linux only. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond
}

/** A server to measure; CPU in seconds, user and system, Linux only. */
export interface MeasuredServer {
  readonly origin: string
  cpuSeconds(): number
  stop(): Promise<void>
}

/** A server of this folder that does nothing but what it is compared for. */
export async function startBareServer(
  file = 'bare-server.ts',
  words: readonly string[] = [],
): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, file), [...words])
  const [port] = await once(child, 'message')
  const { pid } = child
  if (pid === undefined) throw new Error('the bare server has no process')
  return {
    origin: `http://127.0.0.1:${port}`,
    cpuSeconds: () => cpuSecondsOf(pid),
    stop: () => end(child, 'SIGTERM'),
  }
}

async function untilUp(child: ChildProcess): Promise<string> {
  let said = ''
  const up = Promise.withResolvers<void>()
  const take = (chunk: Buffer) => {
    said += chunk.toString()
    // The notices follow the announcement in one go.
    if (said.includes('ProgNetwork is up')) setTimeout(up.resolve, 50)
  }
  child.stderr?.on('data', take)
  child.stdout?.on('data', take)
  child.once('exit', (code) => up.reject(new Error(`the platform ended with ${code}: ${said}`)))
  await up.promise
  return said
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
