import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { choosePorts, endProcess, environmentFor, runProg, startProg } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The commands on a database that is copied, as a restore does it. The server is one of its own: its
// roles get passwords of this installation.

let server: Awaited<ReturnType<typeof startTemporaryPostgres>>
let stateDirectory: string
let env: NodeJS.ProcessEnv
let copied: NodeJS.ProcessEnv
const original = 'original'
const copy = 'copy'

beforeAll(async () => {
  server = await startTemporaryPostgres()
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-log-'))
  const ports = await choosePorts()
  const on = (database: string) =>
    environmentFor({ ...server.connection, database }, stateDirectory, ports)
  env = { ...on(original), PREPARED_STATEMENTS: 'true' }
  copied = { ...on(copy), PREPARED_STATEMENTS: 'true' }
  await execute(`create database ${original}`)
})
afterAll(async () => {
  await server?.stop()
  await rm(stateDirectory, { recursive: true, force: true })
})

async function execute(text: string): Promise<void> {
  const client = await connectDirectly(server.connection)
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function doctorOfLog(given: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout } = await runProg(['doctor', '--json'], given)
  return JSON.parse(stdout).find((one: { name: string }) => one.name === 'log')?.state
}

test('the doctor tells a copy of the database, and a command begins a new incarnation in it', {
  timeout: 120_000,
}, async () => {
  const platform = await startProg(['up'], env)
  try {
    expect(await doctorOfLog(env)).toBe('ok')
    const refused = await runProg(['log', 'new-incarnation'], env)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^The platform runs/)])
    const asked = await runProg(['log', 'new-incarnation', '--running'], env)
    expect([asked.code, asked.stdout]).toEqual([0, expect.stringMatching(/^domain: \S+ ended at/)])
  } finally {
    await endProcess(platform, 'SIGTERM')
  }
  await execute(`create database ${copy} template ${original}`)
  expect(await doctorOfLog(copied)).toBe('failed')
  const renewed = await runProg(['log', 'new-incarnation'], copied)
  expect([renewed.code, renewed.stdout]).toEqual([
    0,
    expect.stringMatching(/goes on after it; \d+ places[\s\S]*incarnation_ended/),
  ])
  expect(await doctorOfLog(copied)).toBe('ok')
  const kept = await runProg(['log', 'same-incarnation'], env)
  expect([kept.code, kept.stdout]).toEqual([
    0,
    expect.stringMatching(/^domain: goes on as \S+ aft/),
  ])
})
