// PostgreSQL and PgBouncer as the system's packages install them, for tests of what a user brings
// along. Each server lives in a temporary folder, listens on a Unix socket alone, and ends with the
// process that started it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionSettings, connectDirectly } from '@prognetwork/shared-infrastructure/host'
import {
  findSystemServers,
  type InstalledServers,
  systemServersMissing,
} from './installed-servers.ts'

export interface SystemServer {
  /** A superuser of the server, or the same one through the pooler. */
  readonly connection: ConnectionSettings
  stop(): Promise<void>
}

/** The kernel ends a server with us, so that a killed test run leaves none behind. */
const diesWithParent = ['setpriv', '--pdeathsig', 'INT'] as const
const startMs = 20_000
const socketPort = 5432

function installedServers(): InstalledServers {
  const servers = findSystemServers()
  if (!servers) throw new Error(`this ${systemServersMissing}`)
  return servers
}

/** A new cluster of the system's PostgreSQL. Its data need not survive a crash. */
export async function startSystemPostgres(): Promise<SystemServer> {
  const { postgres } = installedServers()
  const folder = await serverFolder()
  const data = join(folder, 'data')
  const password = 'of-the-superuser'
  writeFileSync(join(folder, 'password'), password, { mode: 0o644 })
  const { status, stderr } = spawnSync(
    join(postgres, 'initdb'),
    [
      ...['-D', data, '--username', 'postgres', '--pwfile', join(folder, 'password')],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'],
    ],
    { ...asServerUser(), cwd: folder },
  )
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_connections: '200',
  }
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return startServer(folder, [join(postgres, 'postgres'), '-D', data, ...words], {
    ...{ host: folder, port: socketPort, user: 'postgres', password, database: 'postgres' },
  })
}

/**
 * A PgBouncer in front of a server, as its documentation says: connections change hands after each
 * transaction, and roles are looked up in the server.
 */
export async function startSystemPooler(server: ConnectionSettings): Promise<SystemServer> {
  const { pgbouncer } = installedServers()
  const folder = await serverFolder()
  const ini = join(folder, 'pgbouncer.ini')
  writeFileSync(join(folder, 'userlist.txt'), `"${server.user}" "${server.password}"\n`)
  const settings = {
    listen_addr: '',
    listen_port: socketPort,
    unix_socket_dir: folder,
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'userlist.txt'),
    auth_user: server.user,
    auth_query: 'select usename, passwd from pg_catalog.pg_shadow where usename = $1',
    pool_mode: 'transaction',
    default_pool_size: 8,
    max_client_conn: 400,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const target = `* = host=${server.host} port=${server.port}`
  writeFileSync(ini, ['[databases]', target, '[pgbouncer]', ...lines, ''].join('\n'))
  return startServer(folder, [pgbouncer, '-q', ini], { ...server, host: folder, port: socketPort })
}

/** A folder of the user that the servers run as: both refuse to be root. */
async function serverFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'srv-'))
  chmodSync(folder, 0o755)
  const { uid, gid } = asServerUser()
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

function asServerUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (option: string) => Number(spawnSync('id', [option, 'postgres']).stdout.toString())
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function startServer(
  folder: string,
  command: readonly string[],
  connection: ConnectionSettings,
): Promise<SystemServer> {
  const [program, ...words] = [...diesWithParent, ...command]
  const child = spawn(program, words, {
    ...asServerUser(),
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const take = (chunk: Buffer) => {
    output = (output + chunk).slice(-10_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  const deadline = Date.now() + startMs
  for (;;) {
    try {
      await (await connectDirectly(connection)).end()
      return { connection, stop }
    } catch (error) {
      if (child.exitCode === null && Date.now() < deadline) {
        await sleep(30)
        continue
      }
      await stop()
      throw new Error(`${command[0]} did not start: ${output}`, { cause: error })
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // PgBouncer would wait for its clients at SIGINT, and PostgreSQL for their sessions at SIGTERM.
  child.kill(child.spawnargs.some((word) => word.endsWith('pgbouncer')) ? 'SIGTERM' : 'SIGINT')
  await ended
}
