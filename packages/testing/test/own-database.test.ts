import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { productContract } from '@prognetwork/contracts/product'
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

// The platform with two services whose schemas are in databases of their own, each service a process:
// one whose events are sent to the log, and one that reads it from afar. The server is one of its own as
// well: its roles get passwords of this installation.

const apart = 'user-service'
const timeout = 180_000
let server: Awaited<ReturnType<typeof startTemporaryPostgres>>
let stateDirectory: string
let env: NodeJS.ProcessEnv
let own: pg.Client
let products: pg.Client
let main: pg.Client
const processes = new Map<string, ProgProcess>()

beforeAll(async () => {
  server = await startTemporaryPostgres()
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-own-'))
  await chmod(stateDirectory, 0o711)
  const admin = await connectDirectly(server.connection)
  for (const name of ['main', 'own', 'products']) await admin.query(`create database ${name}`)
  await admin.end()
  const [mainDatabase, ownDatabase, productDatabase] = ['main', 'own', 'products'].map(
    (database) => ({
      ...server.connection,
      database,
    }),
  )
  if (!mainDatabase || !ownDatabase || !productDatabase) throw new Error('there are three')
  env = {
    ...environmentFor(mainDatabase, stateDirectory, await choosePorts()),
    USER_SERVICE_DATABASE_URL: databaseUrl(ownDatabase),
    PRODUCT_SERVICE_DATABASE_URL: databaseUrl(productDatabase),
  }
  const { code, stderr } = await runProg(['bootstrap'], env)
  expect(code, stderr).toBe(0)
  await Promise.all(services.map(({ name }) => start(name)))
  main = await connectDirectly(mainDatabase)
  own = await connectDirectly(ownDatabase)
  products = await connectDirectly(productDatabase)
}, timeout)
afterAll(async () => {
  await Promise.all([...processes.values()].map((one) => endProcess(one, 'SIGTERM')))
  await Promise.all([main?.end(), own?.end(), products?.end()])
  await server?.stop()
  await rm(stateDirectory, { recursive: true, force: true })
})

async function start(service: string): Promise<void> {
  processes.set(service, await startProg(['up', '--only', service], env))
}

function newShop() {
  const anonymous = createTestClient(`http://127.0.0.1:${env.API_GATEWAY_PORT}`)
  const notices = [...processes.values()].flatMap((one) => one.output)
  return createPeople(anonymous, own, notices).shop()
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
  const { owner } = await newShop()
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

async function endOfLog(): Promise<{ incarnation: string; position: number }> {
  const { rows } = await main.query(
    `select incarnation, next - 1 as position from event_streaming_service.log_head
     where log = 'domain'`,
  )
  return rows[0]
}

/** The places of product-service, which consumes events of its own and of others. */
async function places(): Promise<{ incarnations: string[]; least: number; most: number }> {
  const { rows } = await products.query(
    `select array_agg(distinct incarnation::text) as incarnations, min(position) as least,
       max(position) as most from product_service.consumer_position where log = 'domain'`,
  )
  return rows[0]
}

/** Until all that was in the log by now is consumed. */
async function consumed(): Promise<void> {
  const { position } = await endOfLog()
  await expect
    .poll(async () => (await places()).least, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(position)
}

async function createProduct(): Promise<void> {
  const { staff } = await newShop()
  const { status, body } = await staff.call(productContract.operations.createProduct, {
    body: {
      ...{ title: 'Mug', status: 'active' },
      variants: [{ prices: [{ amountMinor: 1_000, currency: 'EUR' }] }],
    },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  await expect.poll(() => typesOf(body.id), { timeout: 15_000 }).toEqual(['product.created'])
}

async function typesOf(key: string): Promise<string[]> {
  const { rows } = await main.query(
    'select type from event_streaming_service.domain_log where key = $1 order by position',
    [key],
  )
  return rows.map((row) => row.type)
}

test('a service reads from afar what it and others have published', { timeout }, async () => {
  await createProduct()
  await consumed()
  await endProcess(processes.get('product-service'), 'SIGTERM')
  await start('product-service')
  await createProduct()
  await consumed()
})

test('after a restore of the log alone, a service that has read on goes back to its end', {
  timeout,
}, async () => {
  await Promise.all([...processes.values()].map((one) => endProcess(one, 'SIGTERM')))
  await products.query(
    'update product_service.consumer_position set position = position + 1000000 where partition > 9',
  )
  const before = await endOfLog()
  const { code, stderr } = await runProg(['log', 'new-incarnation'], env)
  expect(code, stderr).toBe(0)
  const after = await endOfLog()
  expect(after).toEqual({ ...before, incarnation: expect.not.stringMatching(before.incarnation) })
  expect(await places()).toMatchObject({
    incarnations: [after.incarnation],
    most: after.position,
  })
  await Promise.all(services.map(({ name }) => start(name)))
  await createProduct()
  await consumed()
})
