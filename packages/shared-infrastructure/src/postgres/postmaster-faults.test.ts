import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import {
  cleanUp,
  createStateWithCluster,
  FAST_SETTINGS,
  isLinux,
  postmasterPid,
  query,
  spawnPlatform,
  start,
  waitUntil,
} from './fixtures/platform-process.ts'
import { isRunning } from './operating-process.ts'

const LIMIT_MS = 60_000
const KEPT = 'select words from kept'

const strangers: ChildProcess[] = []
afterAll(async () => {
  for (const stranger of strangers) stranger.kill('SIGKILL')
  await cleanUp()
}, LIMIT_MS)

/** Leaves PostgreSQL running behind a platform process that was killed. */
async function leaveOrphan(stateDirectory: string): Promise<number> {
  const owner = spawnPlatform(stateDirectory, { bond: 'none' })
  const { connection, dataDirectory } = await owner.report
  await query(connection, `insert into kept values ('written before the kill')`)
  await owner.kill()
  const pid = await postmasterPid(dataDirectory)
  if (!pid) throw new Error('the orphan should run')
  return pid
}

/** Makes a left-over postmaster.pid that names a process. */
async function leavePidFile(dataDirectory: string, pid: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const lines = [
    pid,
    dataDirectory,
    now,
    5432,
    join(dataDirectory, '../socket'),
    '',
    '1 1',
    'ready',
  ]
  await writeFile(join(dataDirectory, 'postmaster.pid'), `${lines.join('\n')}\n`)
}

describe('an orphan of a killed platform', { timeout: LIMIT_MS }, () => {
  test('is adopted with its data, and stops with its new owner', async () => {
    const stateDirectory = await createStateWithCluster()
    const orphan = await leaveOrphan(stateDirectory)
    const { postgres, said } = await start(stateDirectory)
    expect(postgres.adopted).toBe(true)
    expect(said.join()).toContain(`process ${orphan}`)
    const rows = await query(postgres.connection, KEPT)
    expect(rows).toEqual(['a committed row', 'written before the kill'])
    await Promise.all([postgres.stop(), postgres.stop()])
    expect(isRunning(orphan)).toBe(false)
  })

  test('ends when its new owner is killed as well', async () => {
    const stateDirectory = await createStateWithCluster()
    const orphan = await leaveOrphan(stateDirectory)
    const owner = spawnPlatform(stateDirectory)
    expect((await owner.report).adopted).toBe(true)
    await owner.kill()
    await waitUntil(() => !isRunning(orphan))
  })

  test('that runs with other settings is started afresh with its data', async () => {
    const stateDirectory = await createStateWithCluster()
    const orphan = await leaveOrphan(stateDirectory)
    const { postgres } = await start(stateDirectory, {
      settings: { ...FAST_SETTINGS, work_mem: '5MB' },
    })
    expect(postgres.adopted).toBe(false)
    expect(isRunning(orphan)).toBe(false)
    expect(await query(postgres.connection, KEPT)).toContain('written before the kill')
    await postgres.stop()
  })
})

describe('PostgreSQL shuts down in order when its platform is killed', {
  timeout: LIMIT_MS,
}, () => {
  const bonds = [
    { bond: 'signal', means: 'by the signal of the kernel' },
    { bond: 'watchdog', means: 'by a watchdog' },
  ] as const
  for (const { bond, means } of bonds) {
    test.skipIf(bond === 'signal' && !isLinux)(means, async () => {
      const stateDirectory = await createStateWithCluster()
      const owner = spawnPlatform(stateDirectory, { bond })
      const { dataDirectory } = await owner.report
      const pid = await postmasterPid(dataDirectory)
      if (!pid) throw new Error('the server should run')
      await owner.kill()
      await waitUntil(() => !isRunning(pid))
      const log = await readFile(join(stateDirectory, 'postgres.log'), 'utf8')
      expect(log).toContain('received fast shutdown request')
      expect(log.trimEnd()).toMatch(/database system is shut down$/)
    })
  }

  test('and not before, also with a watchdog', async () => {
    const { postgres } = await start(await createStateWithCluster(), { bond: 'watchdog' })
    await sleep(200)
    expect(await query(postgres.connection, KEPT)).toEqual(['a committed row'])
    await postgres.stop()
  })
})

describe('a left-over postmaster.pid', { timeout: LIMIT_MS }, () => {
  test('whose number belongs to another program now does not stop us, nor we it', async () => {
    const stateDirectory = await createStateWithCluster()
    const dataDirectory = join(stateDirectory, 'postgres')
    // Under the user of the data: PostgreSQL itself ignores processes of others.
    const { uid, gid } = await stat(dataDirectory)
    const stranger = spawn('sleep', ['600'], { uid, gid, cwd: '/' })
    strangers.push(stranger)
    await leavePidFile(dataDirectory, stranger.pid ?? 0)
    const { postgres } = await start(stateDirectory)
    expect(postgres.adopted).toBe(false)
    expect(await query(postgres.connection, KEPT)).toEqual(['a committed row'])
    await postgres.stop()
    expect(isRunning(stranger.pid ?? 0)).toBe(true)
  })

  test('whose number belongs to another PostgreSQL now leaves that one alone', async () => {
    const { postgres: other } = await start(await createStateWithCluster())
    const otherPid = (await postmasterPid(other.dataDirectory)) ?? 0
    const stateDirectory = await createStateWithCluster()
    await leavePidFile(join(stateDirectory, 'postgres'), otherPid)
    const { postgres } = await start(stateDirectory)
    expect(postgres.adopted).toBe(false)
    await postgres.stop()
    expect(await query(other.connection, KEPT)).toEqual(['a committed row'])
    await other.stop()
  })
})

describe('a killed postmaster', { timeout: LIMIT_MS }, () => {
  test('is reported as a fault, and the next start recovers what was committed', async () => {
    const stateDirectory = await createStateWithCluster()
    // Recovery is about the log on the disk, so fsync stays on.
    const settings = { shared_buffers: '16MB' }
    const { postgres: first, said } = await start(stateDirectory, { settings })
    await query(first.connection, `insert into kept values ('written before the kill')`)
    const pid = await postmasterPid(first.dataDirectory)
    if (!pid) throw new Error('the server should run')
    process.kill(pid, 'SIGKILL')
    await first.ended
    expect(said.join()).toContain('PostgreSQL ended by itself (SIGKILL)')
    await first.stop()
    const { postgres: second } = await start(stateDirectory, { settings })
    const rows = await query(second.connection, KEPT)
    expect(rows).toEqual(['a committed row', 'written before the kill'])
    await second.stop()
  })

  test('is noticed when it was an adopted one', async () => {
    const stateDirectory = await createStateWithCluster()
    const orphan = await leaveOrphan(stateDirectory)
    const { postgres } = await start(stateDirectory)
    expect(postgres.adopted).toBe(true)
    process.kill(orphan, 'SIGKILL')
    await postgres.ended
    await postgres.stop()
    const { postgres: next } = await start(stateDirectory)
    expect(await query(next.connection, KEPT)).toContain('written before the kill')
    await next.stop()
  })
})
