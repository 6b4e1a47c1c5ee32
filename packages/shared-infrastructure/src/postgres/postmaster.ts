// A running postmaster, whether our child or an orphan of an earlier process, and its shutdown.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { PROGRAM_ENVIRONMENT, type ServerUser, spawnIdentity } from './command.ts'
import { isRunning } from './operating-process.ts'
import { DEATH_SIGNAL_COMMAND, type ParentBond } from './parent-bond.ts'
import { findPostmaster } from './postmaster-file.ts'

export interface Postmaster {
  readonly pid: number
  /** Resolves when it has ended, with how it ended as far as that can be known. */
  readonly ended: Promise<string>
  /** Sends a signal unless it has ended; never to another process that got its number. */
  signal(name: 'SIGINT' | 'SIGQUIT'): Promise<void>
}

export interface PostmasterCommand {
  readonly executable: string
  readonly programArguments: readonly string[]
  readonly user: ServerUser | undefined
  readonly logFile: string
  readonly bond: ParentBond
  /** The process number in a left-over postmaster.pid. */
  readonly stalePid: number | undefined
}

/**
 * Starts a postmaster. It gets a session of its own, so that Ctrl-C in a terminal reaches only the
 * platform, which then shuts it down in order.
 *
 * The kernel ties a death signal to the thread that started the child: call this in the main thread
 * or in one that lives as long as the platform.
 */
export function spawnPostmaster(command: PostmasterCommand): Postmaster {
  const [file, ...words] = [
    ...(command.bond === 'signal' ? DEATH_SIGNAL_COMMAND : []),
    command.executable,
    ...command.programArguments,
  ]
  const log = openSync(command.logFile, 'a', 0o600)
  const child = spawn(file, words, {
    ...spawnIdentity(command.user),
    cwd: '/',
    env: { ...PROGRAM_ENVIRONMENT, ...disregard(command.stalePid) },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  return {
    pid: child.pid ?? 0,
    ended,
    async signal(name) {
      child.kill(name)
    },
  }
}

/**
 * PostgreSQL refuses to start while the process number in a left-over postmaster.pid is in use, by
 * whatever program. The number it takes for its grandparent is exempt; removing the file instead
 * would switch off its check for backends that still use the shared memory.
 */
function disregard(stalePid: number | undefined): Record<string, string> {
  return stalePid ? { PG_GRANDPARENT_PID: String(stalePid) } : {}
}

const WATCH_INTERVAL_MS = 250

/** Follows a postmaster that is not our child. */
export function watchPostmaster(pid: number, dataDirectory: string): Postmaster {
  const ended = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      if (isRunning(pid)) return
      clearInterval(timer)
      resolve('not our child, so its exit code is unknown')
    }, WATCH_INTERVAL_MS)
    timer.unref()
  })
  return {
    pid,
    ended,
    async signal(name) {
      const found = await findPostmaster(dataDirectory)
      if (found.state === 'running' && found.pid === pid) process.kill(pid, name)
    },
  }
}

const FAST_SHUTDOWN_LIMIT_MS = 60_000
const IMMEDIATE_SHUTDOWN_LIMIT_MS = 10_000

/**
 * Shuts a postmaster down and waits until it is gone: fast first (clients are cut off, a checkpoint
 * is written), and after 60 s immediately, which loses nothing committed but makes the next start
 * recover from the log.
 * @throws Error when it does not even end then.
 */
export async function stopPostmaster(
  postmaster: Postmaster,
  say: (sentence: string) => void,
): Promise<void> {
  await postmaster.signal('SIGINT')
  if (await endsWithin(postmaster, FAST_SHUTDOWN_LIMIT_MS)) return
  say('PostgreSQL did not shut down within 60 s; it is ended at once and recovers when started.')
  await postmaster.signal('SIGQUIT')
  if (await endsWithin(postmaster, IMMEDIATE_SHUTDOWN_LIMIT_MS)) return
  throw new Error(
    `PostgreSQL (process ${postmaster.pid}) should have ended and has not. Look at what holds ` +
      'it, such as a disk that does not answer, and end it by hand.',
  )
}

function endsWithin(postmaster: Postmaster, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limitMs)
    void postmaster.ended.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
