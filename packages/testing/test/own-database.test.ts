import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { partitionOf } from '@prognetwork/event-based-service-client'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import {
  choosePorts,
  createTestClient,
  databaseUrl,
  endProcess,
  environmentFor,
  type ProgProcess,
  runProg,
  services,
  startProg,
} from '@prognetwork/testing'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople } from '../src/people.ts'

// The platform with a service whose schema is in a database of its own, each service a process. The
// server is one of its own as well: its roles get passwords of this installation.

const apart = 'user-service'
const timeout = 180_000
let server: Awaited<ReturnType<typeof startTemporaryPostgres>>
let stateDirectory: string
let env: NodeJS.ProcessEnv
let own: pg.Client
let main: pg.Client
const processes = new Map<string, ProgProcess>()

beforeAll(async () => {
  server = await startTemporaryPostgres()
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-own-'))
  await chmod(stateDirectory, 0o711)
  const admin = await connectDirectly(server.connection)
  for (const name of ['main', 'own']) await admin.query(`create database ${name}`)
  await admin.end()
  const [mainDatabase, ownDatabase] = ['main', 'own'].map((database) => ({
    ...server.connection,
    database,
  }))
  if (!mainDatabase || !ownDatabase) throw new Error('there are two')
  env = {
    ...environmentFor(mainDatabase, stateDirectory, await choosePorts()),
    USER_SERVICE_DATABASE_URL: databaseUrl(ownDatabase),
  }
  const { code, stderr } = await runProg(['bootstrap'], env)
  expect(code, stderr).toBe(0)
  for (const { name } of services) await start(name)
  main = await connectDirectly(mainDatabase)
  own = await connectDirectly(ownDatabase)
}, timeout)
afterAll(async () => {
  await Promise.all([...processes.values()].map((one) => endProcess(one, 'SIGTERM')))
  await Promise.all([main?.end(), own?.end()])
  await server?.stop()
  await rm(stateDirectory, { recursive: true, force: true })
})

async function start(service: string): Promise<void> {
  processes.set(service, await startProg(['up', '--only', service], env))
}

async function logged(key: string): Promise<number[]> {
  const { rows } = await main.query(
    `select aggregate_version as version from event_streaming_service.domain_log
     where key = $1 and topic = 'user-service' order by position`,
    [key],
  )
  return rows.map((row) => row.version)
}

test('people sign up and work in a tenant, and what happened reaches the log', {
  timeout,
}, async () => {
  const { rows: schemas } = await main.query("select to_regnamespace('user_service') as there")
  expect(schemas).toEqual([{ there: null }])
  const anonymous = createTestClient(`http://127.0.0.1:${env.API_GATEWAY_PORT}`)
  const notices = [...processes.values()].flatMap((one) => one.output)
  const { owner } = await createPeople(anonymous, own, notices).shop()
  await expect
    .poll(
      async () => {
        const { rows } = await main.query(
          `select type from event_streaming_service.domain_log where key = $1 and type like 'user.%'
           order by position`,
          [owner.accountId],
        )
        return rows.map((row) => row.type)
      },
      { timeout: 15_000 },
    )
    .toEqual(['user.created', 'user.email_verified'])
})

test('killed at whatever step, either side loses and doubles no event and keeps the order', {
  timeout,
}, async () => {
  const tenantId = randomUUID()
  const keys = Array.from({ length: 20 }, () => randomUUID())
  const versions = Array.from({ length: 400 }, (_, n) => n + 1)
  let putting = true
  const killAgainAndAgain = async () => {
    for (let round = 0; putting; round++) {
      const service = round % 3 === 2 ? 'event-streaming-service' : apart
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400))
      await endProcess(processes.get(service), 'SIGKILL')
      await start(service)
    }
  }
  const put = async () => {
    for (const version of versions) {
      await own.query(
        `insert into user_service.outbox
           (tenant_id, id, type, schema_version, key, partition, aggregate_version, time, data)
         select $1, gen_random_uuid(), 'user.updated', 1, key, partition, $2, now(), '{}'
         from unnest($3::text[], $4::smallint[]) k (key, partition)`,
        [tenantId, version, keys, keys.map((key) => partitionOf(tenantId, key))],
      )
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    putting = false
  }
  await Promise.all([put(), killAgainAndAgain()])
  for (const key of keys)
    await expect.poll(() => logged(key), { timeout: 20_000 }).toEqual(versions)
  const { rows } = await own.query('select count(*)::int as left from user_service.outgoing')
  expect(rows).toEqual([{ left: 0 }])
})
