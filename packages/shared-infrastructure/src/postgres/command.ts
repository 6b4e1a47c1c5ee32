import { spawn } from 'node:child_process'

/** The operating-system user a program runs as. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

interface Outcome {
  readonly succeeded: boolean
  /** Standard output and standard error, in the order they came. */
  readonly output: string
}

/**
 * Everything the programs started here see of the environment. PGDATA, PGOPTIONS, LC_ALL and the
 * platform's secrets of whoever starts us must reach neither initdb nor the server.
 */
export const PROGRAM_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

/** The spawn options that start a program as `user`, or as ourselves when there is none. */
export function spawnIdentity(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {}
}

/** Runs a program to its end. A program that does not exist is an outcome, not an exception. */
export function run(
  file: string,
  programArguments: readonly string[],
  user?: ServerUser,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, programArguments, {
      ...spawnIdentity(user),
      // The caller's working directory may be closed to `user`.
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (error) => resolve({ succeeded: false, output: error.message }))
    child.once('close', (code) => resolve({ succeeded: code === 0, output }))
  })
}

/** The last lines of a program's output, indented so that they stand apart from our sentence. */
export function lastLines(text: string, count = 10): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines
    .slice(-count)
    .map((line) => `\n  ${line}`)
    .join('')
}
