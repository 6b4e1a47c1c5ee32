// A server of somebody else as a process of ours: for developers and tests. It listens on loopback
// alone and ends with us, also when we are killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEATH_SIGNAL_COMMAND, strongestBond } from '../postgres/parent-bond.ts'

export const loopback = '127.0.0.1'

export interface ServerProcess {
  readonly port: number
  readonly url: string
  /** What a platform is configured with to use it. */
  readonly environment: Readonly<Record<string, string>>
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Lets it finish; `SIGKILL` does not. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const startMs = 60_000

/** Starts a program and waits until `isReady`. Throws with its last output when it ends before. */
export async function startServerProcess(options: {
  readonly command: readonly string[]
  readonly directory: string
  readonly port: number
  readonly url: string
  readonly environment: Readonly<Record<string, string>>
  readonly isReady: () => Promise<boolean>
  /** The environment it runs with, beside what it inherits. */
  readonly env?: NodeJS.ProcessEnv
}): Promise<ServerProcess> {
  const { command, directory, isReady, port, url, environment } = options
  const bond = (await strongestBond()) === 'signal' ? DEATH_SIGNAL_COMMAND : []
  const [program = '', ...words] = [...bond, ...command]
  const child = spawn(program, words, {
    cwd: directory,
    // In a group of its own: a Ctrl-C in the terminal is ours to pass on.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env && { env: options.env }),
  })
  let output = ''
  const take = (chunk: Buffer) => {
    output = (output + chunk).slice(-4_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      output += error.message
      resolve()
    })
  })
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => end(child, ended, signal)
  const deadlineMs = performance.now() + startMs
  while (!(await isReady())) {
    if (isRunning(child) && performance.now() < deadlineMs) {
      await sleep(50)
      continue
    }
    await stop('SIGKILL')
    throw new Error(`${command[0]} did not start: ${output.trim()}`)
  }
  return { port, url, environment, ended, stop }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

async function end(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals) {
  if (isRunning(child)) child.kill(signal)
  await ended
}

/** Whether something answers there: to `say`, where it is given, with what begins with `hear`. */
export function answersOn(port: number, say?: string, hear = ''): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port, timeout: 1_000 })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => (say === undefined ? settle(true) : socket.write(say)))
    socket.once('data', (chunk) => settle(chunk.toString().startsWith(hear)))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
