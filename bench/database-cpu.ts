import { readdirSync, readFileSync } from 'node:fs'
import { cpuSecondsOf } from './server-process.ts'

/**
 * CPU that the server of a state directory has taken in the processes that it has now: take the
 * difference while its connections stay. Linux only.
 */
export function databaseCpuSeconds(stateDirectory: string): number {
  const commandOf = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    } catch {
      return ''
    }
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const postmaster = pids.find((pid) => commandOf(pid).includes(`${stateDirectory}/`))
  if (postmaster === undefined) throw new Error(`no server runs on ${stateDirectory}`)
  const children = pids.filter((pid) => parentOf(pid) === postmaster)
  return [postmaster, ...children].reduce((sum, pid) => sum + cpuSecondsOf(Number(pid)), 0)
}

function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]
  } catch {
    return undefined
  }
}
