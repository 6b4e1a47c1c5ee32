import { spawn } from 'node:child_process'
import { PROGRAM_ENVIRONMENT, run, type ServerUser, spawnIdentity } from './command.ts'

/**
 * What shuts PostgreSQL down when our process dies without a word (kill -9, out of memory):
 * `signal` lets the Linux kernel send it SIGINT, `watchdog` is a small shell that waits for the end
 * of a pipe from us, `none` leaves an orphan for the next start.
 */
export type ParentBond = 'signal' | 'watchdog' | 'none'

export const DEATH_SIGNAL_COMMAND = ['setpriv', '--pdeathsig', 'INT'] as const

/** The kernel's signal where it can be had: it needs no process of its own. */
export async function strongestBond(): Promise<ParentBond> {
  if (process.platform !== 'linux') return 'watchdog'
  const [program, ...options] = DEATH_SIGNAL_COMMAND
  const { succeeded } = await run(program, [...options, 'true'])
  return succeeded ? 'signal' : 'watchdog'
}

// A line on the pipe dismisses it; the end of the pipe without one means that we died. The command
// line is compared first, because by then the process number may be another program's.
const WATCHDOG_SCRIPT = `
read -r line && exit 0
{ cat "/proc/$1/cmdline" 2>/dev/null || ps -ww -o command= -p "$1"; } |
  grep -aqF -- "$2" && kill -INT "$1"
`

/** Starts a watchdog for a running postmaster; the answer dismisses it. */
export function startWatchdog(
  postmasterPid: number,
  dataDirectory: string,
  user: ServerUser | undefined,
): () => void {
  const watchdog = spawn(
    '/bin/sh',
    ['-c', WATCHDOG_SCRIPT, 'sh', String(postmasterPid), dataDirectory],
    {
      ...spawnIdentity(user),
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      // In a session of its own: a Ctrl-C in the terminal must not end it before us.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  watchdog.unref()
  // It may have ended by itself; then there is nobody left to dismiss.
  watchdog.on('error', () => undefined)
  watchdog.stdin.on('error', () => undefined)
  return () => watchdog.stdin.end('dismissed\n')
}
