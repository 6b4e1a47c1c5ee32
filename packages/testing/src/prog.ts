// The command line in processes of its own, as a person runs it.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import type { ConnectionSettings } from '@prognetwork/shared-infrastructure/host'
import { clients, services } from '../../../platform.ts'

const main = join(import.meta.dirname, '../../cli/src/main.ts')
const startMs = 30_000

/** A command that goes on. */
export interface ProgProcess {
  readonly child: ChildProcess
  /** Everything written so far, on both outputs. */
  readonly output: string[]
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A free port for each service and web client. */
export async function choosePorts(): Promise<ReadonlyMap<string, number>> {
  return new Map(
    await Promise.all(
      [...services, ...clients].map(async ({ name }) => [name, await freePort()] as const),
    ),
  )
}

/** What the processes of a platform on this database see of the environment; limits are wide. */
export function environmentFor(
  database: ConnectionSettings | undefined,
  stateDirectory: string,
  ports: ReadonlyMap<string, number>,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    PATH: environment.PATH,
    STATE_DIRECTORY: stateDirectory,
    API_GATEWAY_DEFAULT_PER_MINUTE: '1000000',
    API_GATEWAY_CREDENTIAL_PER_MINUTE: '1000000',
    ...(database && { DATABASE_URL: databaseUrl(database) }),
  }
  for (const [name, port] of ports) {
    const prefix = name.toUpperCase().replaceAll('-', '_')
    env[`${prefix}_PORT`] = String(port)
    env[`${prefix}_URL`] = `http://127.0.0.1:${port}`
  }
  return env
}

/** As DATABASE_URL names it. */
export function databaseUrl({ host, port, user, password, database }: ConnectionSettings): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return `postgres://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
}

/** Runs one command to its end. */
export async function runProg(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawnProg(words, env)
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...output }
}

/** Starts a command that goes on until it is stopped, and answers when it has said so. */
export async function startProg(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  announcement = 'ProgNetwork is up',
): Promise<ProgProcess> {
  const child = spawnProg(words, env)
  const output: string[] = []
  const ready = Promise.withResolvers<void>()
  const take = (chunk: Buffer) => {
    output.push(chunk.toString())
    // The notices follow the announcement in one go.
    if (output.join('').includes(announcement)) setTimeout(ready.resolve, 100)
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  const told = () => `prog ${words.join(' ')}: ${output.join('')}`
  child.once('exit', (code) => ready.reject(new Error(`ended with ${code}: ${told()}`)))
  const timeout = setTimeout(() => {
    child.kill('SIGKILL')
    ready.reject(new Error(`did not start: ${told()}`))
  }, startMs)
  try {
    await ready.promise
  } finally {
    clearTimeout(timeout)
  }
  return { child, output }
}

/** Ends a process, if it has not ended by itself, and waits until it is gone. */
export async function endProcess(
  one: ProgProcess | undefined,
  signal: NodeJS.Signals,
): Promise<void> {
  if (!one || one.child.exitCode !== null || one.child.signalCode !== null) return
  const ended = new Promise((resolve) => one.child.once('exit', resolve))
  one.child.kill(signal)
  await ended
}

/** The channel tells the process when its parent is gone. */
function spawnProg(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [main, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

// Below the ports that systems give to outgoing connections, which could take one before it is
// listened on.
const ports = { first: 10_240, end: 32_768 }
/** A port that is given out has two after it, which servers of others take for themselves. */
const stride = 4
let nextPort = ports.first + (process.pid % 110) * 200

/**
 * A port of loopback that nobody listens on, that no connection is given by the system, and that no
 * other process is told of while this one runs: who restarts a server finds its port as it was.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (nextPort >= ports.end) nextPort = ports.first
    const port = nextPort
    nextPort += stride
    const claim = await listenOn(port + stride - 1)
    if (!claim) continue
    const server = await listenOn(port)
    if (server) {
      await new Promise((resolve) => server.close(resolve))
      return port
    }
    claim.close()
  }
  throw new Error('no free port')
}

/** One of each stride is not given out: listening on it, until the process ends, claims the others. */
function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().unref()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
