// What the operating system says about a process: /proc on Linux, ps elsewhere. A slim container
// has no ps, and macOS has no /proc.
import { readFileSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { run } from './command.ts'

/**
 * Whether the process still runs. A zombie has ended: the first process of many containers never
 * collects its orphans, so they stay visible for ever.
 */
export function isRunning(pid: number): boolean {
  if (process.platform === 'linux') {
    try {
      const status = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const state = status.charAt(status.lastIndexOf(')') + 2)
      return state !== 'Z' && state !== 'X'
    } catch {
      return false
    }
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface PostmasterEvidence {
  readonly pid: number
  /** The program the data directory was last started with. */
  readonly executable: string
  readonly dataDirectory: string
  readonly startedAtSeconds: number
}

/**
 * Whether a process is the postmaster that left this evidence. Process numbers are used again, so
 * the number alone proves nothing, and it may by now belong to the PostgreSQL of somebody else.
 */
export async function isPostmaster(evidence: PostmasterEvidence): Promise<boolean> {
  if (!isRunning(evidence.pid)) return false
  return process.platform === 'linux' ? matchesProcfs(evidence) : matchesPs(evidence)
}

async function matchesProcfs(evidence: PostmasterEvidence): Promise<boolean> {
  try {
    const executable = await readlink(`/proc/${evidence.pid}/exe`)
    // A postmaster works inside its data directory, even when that was renamed since.
    const workingDirectory = await readlink(`/proc/${evidence.pid}/cwd`)
    return (
      // The mark appears when node_modules was installed again under a running server.
      executable.replace(/ \(deleted\)$/, '') === evidence.executable &&
      workingDirectory === evidence.dataDirectory
    )
  } catch {
    // Not readable: a process of another user, which ours would not be.
    return false
  }
}

const LSTART_WIDTH = 24
const CLOCK_TOLERANCE_SECONDS = 5

async function matchesPs(evidence: PostmasterEvidence): Promise<boolean> {
  const pid = String(evidence.pid)
  const [identity, command] = await Promise.all([
    run('ps', ['-ww', '-o', 'lstart=,comm=', '-p', pid]),
    run('ps', ['-ww', '-o', 'command=', '-p', pid]),
  ])
  if (!identity.succeeded || !command.succeeded) return false
  const startedAt = Date.parse(`${identity.output.slice(0, LSTART_WIDTH).trim()} UTC`) / 1000
  return (
    basename(identity.output.slice(LSTART_WIDTH).trim()) === basename(evidence.executable) &&
    command.output.includes(` -D ${evidence.dataDirectory} `) &&
    Math.abs(startedAt - evidence.startedAtSeconds) <= CLOCK_TOLERANCE_SECONDS
  )
}
