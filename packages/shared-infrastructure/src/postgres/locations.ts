// Where the parts of the embedded PostgreSQL lie on the disk, and who owns them.
import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readdir, realpath, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ServerUser } from './command.ts'
import { canEnter } from './unprivileged-user.ts'

export interface Locations {
  readonly dataDirectory: string
  /** Holds the data directory, and the unfinished ones beside it. */
  readonly clusterParent: string
  readonly socketDirectory: string
  readonly logFile: string
  readonly passwordFile: string
  /** Who runs the server; undefined when we do so ourselves. */
  readonly user: ServerUser | undefined
}

const ROOT_DATA_DIRECTORY = '/var/lib/prognetwork'
export const ROOT_COPIES_DIRECTORY = '/var/cache/prognetwork'
export const SOCKET_PORT = 5432

/** The folders in which the cluster of a state directory may be. */
export function clusterParents(stateDirectory: string): readonly string[] {
  return [stateDirectory, join(ROOT_DATA_DIRECTORY, shortHash(stateDirectory))]
}

/** Creates the platform's state directory when it is missing; answers its real path. */
export async function openStateDirectory(stateDirectory: string): Promise<string> {
  const path = resolve(stateDirectory)
  // As root the server's user must pass through; what is private below has its own mode.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700
  const created = await mkdir(path, { recursive: true, mode })
  if (created) await chmod(path, mode)
  return realpath(path)
}

/**
 * Decides where the cluster lives. As root its user must reach it, so below a closed folder, such
 * as root's home, it lives in /var/lib/prognetwork instead. A cluster that exists stays where it
 * is, under the user who owns it, whatever the folders above it have become since.
 * @throws Error when an existing cluster cannot be reached or belongs to somebody we cannot be.
 */
export async function chooseLocations(
  stateDirectory: string,
  user: ServerUser | undefined,
  say: (sentence: string) => void,
): Promise<Locations> {
  const remote = join(ROOT_DATA_DIRECTORY, shortHash(stateDirectory))
  const here = await findCluster(stateDirectory)
  const there = user && !here ? await findCluster(remote) : undefined
  const owner = clusterOwner(here ?? there, user)
  const clusterParent =
    owner && (there || !(await canEnter(owner, stateDirectory))) ? remote : stateDirectory
  if (clusterParent === remote) {
    if (here) {
      throw new Error(
        `The data in ${here.path} cannot be reached by its owner, the user ${owner?.name}, ` +
          'because a folder above it is closed. Open those folders to others (chmod o+x), or ' +
          'start the platform as that user.',
      )
    }
    say(`PostgreSQL keeps its data in ${remote}: below ${stateDirectory} its user gets no access.`)
    await mkdir(remote, { recursive: true })
    await chmod(ROOT_DATA_DIRECTORY, 0o755)
    await chmod(remote, 0o711)
  }
  const dataDirectory = join(clusterParent, 'postgres')
  return {
    dataDirectory,
    clusterParent,
    socketDirectory: await openSocketDirectory(clusterParent, dataDirectory, owner),
    logFile: join(stateDirectory, 'postgres.log'),
    passwordFile: join(stateDirectory, 'postgres.password'),
    user: owner,
  }
}

interface ClusterFolder {
  readonly path: string
  readonly uid: number
  readonly gid: number
}

async function findCluster(parent: string): Promise<ClusterFolder | undefined> {
  const path = join(parent, 'postgres')
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => error.code)
  if (names === 'ENOENT' || names?.length === 0) return undefined
  // Also when it is closed to us: then its owner is what there is to say about it.
  const { uid, gid } = await stat(path)
  return { path, uid, gid }
}

function clusterOwner(
  cluster: ClusterFolder | undefined,
  user: ServerUser | undefined,
): ServerUser | undefined {
  if (!cluster || cluster.uid === (user?.uid ?? process.getuid?.())) return user
  const { path, uid, gid } = cluster
  if (user && uid !== 0) return { uid, gid, name: String(uid) }
  throw new Error(
    user
      ? `The data in ${path} belongs to root, and PostgreSQL does not run as root. ` +
          `Give it to the user ${user.name}: chown -R ${user.uid}:${user.gid} '${path}'.`
      : `The data in ${path} belongs to the user number ${uid}, and we are ` +
          `${process.getuid?.()}. Start the platform as that user, or give the folder to yours.`,
  )
}

// What fits into sun_path, less the byte that ends it: 108 on Linux, 104 on macOS.
const LONGEST_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103

async function openSocketDirectory(
  clusterParent: string,
  dataDirectory: string,
  user: ServerUser | undefined,
): Promise<string> {
  const name = `prognetwork-${shortHash(dataDirectory)}`
  const candidates = [join(clusterParent, 'socket'), join(tmpdir(), name), join('/tmp', name)]
  const directory = candidates.find((candidate) => {
    const socket = join(candidate, `.s.PGSQL.${SOCKET_PORT}`)
    return Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH_BYTES
  })
  if (!directory) throw new Error('No folder has a path short enough for a Unix socket.')
  await claimFolder(directory, user)
  return directory
}

/** In a shared temporary folder anybody may have made this one first, so its owner is verified. */
async function claimFolder(directory: string, user: ServerUser | undefined): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const self = process.getuid?.()
  const folder = await lstat(directory)
  const trusted = folder.uid === self || folder.uid === user?.uid
  if (!folder.isDirectory() || !trusted || (folder.mode & 0o077) !== 0) {
    throw new Error(
      `The folder for PostgreSQL's socket, ${directory}, must be a directory that only ` +
        `${user?.name ?? 'we'} can use; it belongs to the user number ${folder.uid} with mode ` +
        `${(folder.mode & 0o777).toString(8)}. Remove it and start again.`,
    )
  }
  if (user && folder.uid !== user.uid) await chown(directory, user.uid, user.gid)
}

/** Removes the socket's folder when it is not beside the data: nothing else would ever do so. */
export async function removeSharedSocketDirectory(locations: Locations): Promise<void> {
  if (dirname(locations.socketDirectory) === locations.clusterParent) return
  await rmdir(locations.socketDirectory).catch(() => undefined)
}

function shortHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}
