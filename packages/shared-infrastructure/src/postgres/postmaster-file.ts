// Reads the two files a postmaster leaves in its data directory: postmaster.pid (who runs) and
// postmaster.opts (how it was started). Never changes them: PostgreSQL's own checks need them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isPostmaster } from './operating-process.ts'

type PreviousPostmaster =
  | { readonly state: 'absent' }
  /** The file is left over: its process ended, or its number belongs to another program now. */
  | { readonly state: 'stale'; readonly pid: number }
  | { readonly state: 'running'; readonly pid: number; readonly startCommand: string }

/** Who, by the files in the data directory and by the operating system, serves it now. */
export async function findPostmaster(dataDirectory: string): Promise<PreviousPostmaster> {
  const lines = (await readIfPresent(join(dataDirectory, 'postmaster.pid')))?.split('\n')
  // PostgreSQL writes a negative number for a server in single-user mode.
  const pid = Math.abs(Number.parseInt(lines?.[0] ?? '', 10))
  if (!lines || !pid) return { state: 'absent' }
  const startCommand = (await readIfPresent(join(dataDirectory, 'postmaster.opts')))?.trim() ?? ''
  const running = await isPostmaster({
    pid,
    executable: startCommand.split(' "')[0] ?? '',
    dataDirectory,
    startedAtSeconds: Number.parseInt(lines[2] ?? '', 10),
  })
  return running ? { state: 'running', pid, startCommand } : { state: 'stale', pid }
}

/** The command line as PostgreSQL writes it into postmaster.opts. */
export function formatStartCommand(
  executable: string,
  programArguments: readonly string[],
): string {
  return [executable, ...programArguments.map((argument) => `"${argument}"`)].join(' ')
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
