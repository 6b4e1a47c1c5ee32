import { randomBytes, randomUUID } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { lastLines, run, type ServerUser } from './command.ts'
import type { Locations } from './locations.ts'

export const SUPERUSER = 'postgres'

interface ClusterRequest {
  readonly binaries: Binaries
  readonly locations: Locations
  /** Tests that switch fsync off need none while the cluster is made either. */
  readonly durable: boolean
  readonly say: (sentence: string) => void
}

/**
 * Makes sure that a whole cluster of our major version is in the data directory, and answers the
 * superuser's password.
 * @throws Error for a cluster of another major version, one without its password, a folder that is
 * neither empty nor a cluster, and a failed initdb.
 */
export async function openCluster(request: ClusterRequest): Promise<string> {
  const { dataDirectory, passwordFile } = request.locations
  await removeUnfinished(request.locations)
  const major = await readMajorVersion(dataDirectory)
  if (major === undefined) {
    const password = await createPassword(passwordFile)
    await createCluster(request, password)
    return password
  }
  const expected = request.binaries.version.split('.')[0]
  if (major !== expected) {
    throw new Error(
      `The data in ${dataDirectory} is of PostgreSQL ${major}, and this is PostgreSQL ` +
        `${expected}, which does not read it. Run prog upgrade to move the data over.`,
    )
  }
  const password = await readPassword(passwordFile)
  if (password) return password
  throw new Error(
    `The superuser's password for the data in ${dataDirectory} is expected in ` +
      `${passwordFile}, and it is not there. Put that file back; to begin without ` +
      'the data, remove the data directory.',
  )
}

const UNFINISHED_PREFIX = 'postgres.unfinished-'

/** What an initdb that was killed half-way left behind. */
async function removeUnfinished({ clusterParent }: Locations): Promise<void> {
  for (const name of await readdir(clusterParent)) {
    if (!name.startsWith(UNFINISHED_PREFIX)) continue
    // That initdb may still be writing, and gives up when it misses its files.
    await rm(join(clusterParent, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

/** The major version of the cluster, or undefined when the folder is missing or empty. */
async function readMajorVersion(dataDirectory: string): Promise<string | undefined> {
  const names = await readdir(dataDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!names) return undefined
  if (names.length === 0) {
    await rmdir(dataDirectory)
    return undefined
  }
  if (!names.includes('PG_VERSION') || !names.includes('global')) {
    throw new Error(
      `${dataDirectory} should hold a PostgreSQL cluster or nothing; it holds ${names.length} ` +
        `entries (such as ${names[0]}) and no whole cluster. Move it away, or restore a backup.`,
    )
  }
  return (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8')).trim()
}

/**
 * Every cluster is made beside its place and renamed into it, so a data directory that exists is a
 * whole one. Byte order (C.UTF-8 of the builtin provider) never changes with the libraries of the
 * system, so no update can silently break an index.
 */
async function createCluster(request: ClusterRequest, password: string): Promise<void> {
  const { binaries, locations, say } = request
  const { clusterParent, dataDirectory, user } = locations
  say(`Creating a PostgreSQL ${binaries.version} cluster in ${dataDirectory}.`)
  // Each attempt has its own name: an initdb whose starter was killed may still be writing.
  const unfinished = join(clusterParent, `${UNFINISHED_PREFIX}${randomUUID()}`)
  const passwordCopy = `${unfinished}.password`
  try {
    await mkdir(unfinished, { mode: 0o700 })
    await writePrivately(passwordCopy, password, user)
    if (user) await chown(unfinished, user.uid, user.gid)
    const { succeeded, output } = await run(
      binaries.initdb,
      [
        ...['-D', unfinished, '--username', SUPERUSER, '--pwfile', passwordCopy],
        ...['--auth-local', 'scram-sha-256', '--auth-host', 'scram-sha-256'],
        ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin'],
        ...['--builtin-locale', 'C.UTF-8', '--data-checksums', '--no-instructions'],
        ...(request.durable ? [] : ['--no-sync']),
      ],
      user,
    )
    if (!succeeded) {
      throw new Error(
        `initdb could not create a PostgreSQL cluster in ${clusterParent}. Remove the cause it ` +
          `names and start again. It said:${lastLines(output)}`,
      )
    }
    await rename(unfinished, dataDirectory)
    if (request.durable) await syncFolder(clusterParent)
  } finally {
    await rm(passwordCopy, { force: true })
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Written before the cluster exists, so that no crash leaves a cluster without its password. */
async function createPassword(passwordFile: string): Promise<string> {
  const existing = await readPassword(passwordFile)
  if (existing) return existing
  const password = randomBytes(24).toString('base64url')
  await rm(passwordFile, { force: true })
  await writePrivately(passwordFile, password)
  return password
}

async function readPassword(passwordFile: string): Promise<string | undefined> {
  try {
    return (await readFile(passwordFile, 'utf8')).trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writePrivately(path: string, text: string, owner?: ServerUser): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${text}\n`)
    if (owner) await file.chown(owner.uid, owner.gid)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
