import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Context } from '@prognetwork/contracts'
import { command, statement } from '@prognetwork/shared-infrastructure'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import pg from 'pg'
import {
  type EventPlatform,
  startEventPlatform,
} from '../core/event-streaming-service/test/event-platform.ts'
import { atLeast, type Figure, informs, median } from './figure.ts'
import { removeState, temporaryState } from './server-process.ts'

const tenants = 100
const rowsPerTenant = 1_000
const concurrency = 16
const seconds = 3
const rounds = 3

const findThing = statement<{ version: number }, [id: string]>(
  'bench.find',
  'select version from thing where id = $1',
)
const addThing = command<[id: string]>(
  'bench.add',
  'insert into thing (id, version) values ($1, 1)',
)

/** A row as a service reads and writes it, against the same row without row-level security. */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const postgres = await startPostgres({ stateDirectory: resolve(state), say: () => {} })
  const platform = await startEventPlatform({
    server: 'embedded',
    admin: postgres.connection,
    passwords: {},
    template: 'template1',
  })
  // A connection for each that wants one, where a service has eight for all.
  const bare = new pg.Pool({ ...platform.settings, max: concurrency })
  try {
    const process = await platform.start()
    await fill(platform)
    const { db } = process.maker
    const contexts = Array.from({ length: tenants }, (_, n) => process.context(tenantOf(n)))
    const work = {
      read: (n: number) => db.read(at(contexts, n), findThing(thingOf(n))),
      bareRead: (n: number) =>
        bare.query({
          name: 'read',
          text: 'select version from maker_service.thing where tenant_id = $1 and id = $2',
          values: [tenantOf(n % tenants), thingOf(n)],
        }),
      write: (n: number) => db.batch(at(contexts, n), [addThing(randomUUID())]),
      bareWrite: (n: number) =>
        bare.query({
          name: 'write',
          text: 'insert into maker_service.thing (tenant_id, id, version) values ($1, $2, 1)',
          values: [tenantOf(n % tenants), randomUUID()],
        }),
    }
    const rates = { read: [0], bareRead: [0], write: [0], bareWrite: [0] }
    for (let round = 0; round <= rounds; round++)
      for (const name of Object.keys(work) as (keyof typeof work)[]) {
        const rate = await perSecond(work[name])
        // The first round warms up.
        rates[name] = round <= 1 ? [rate] : [...rates[name], rate]
      }
    return [
      informs('read without tenants', median(rates.bareRead), '/s'),
      informs('read of a tenant', median(rates.read), '/s'),
      atLeast('read, share', median(rates.read) / median(rates.bareRead), 0.8, ''),
      informs('write without tenants, one commit each', median(rates.bareWrite), '/s'),
      informs('write of a tenant', median(rates.write), '/s'),
      atLeast('write, share', median(rates.write) / median(rates.bareWrite), 0.8, ''),
    ]
  } finally {
    await bare.end()
    await platform.stop()
    await postgres.stop()
    await removeState(state)
  }
}

const tenantOf = (n: number) => uuid(1, n % tenants)
const thingOf = (n: number) => uuid(2, n % (tenants * rowsPerTenant))

/** A UUID that is the same whenever it is asked for. */
function uuid(group: number, n: number): string {
  return `01938d5e-7c1a-7b32-8f60-${(group * 2 ** 32 + n).toString(16).padStart(12, '0')}`
}

function at(contexts: readonly Context[], n: number): Context {
  const context = contexts[n % contexts.length]
  if (!context) throw new Error('there are no tenants')
  return context
}

async function fill({ sql }: EventPlatform): Promise<void> {
  const ids = Array.from({ length: tenants * rowsPerTenant }, (_, n) => n)
  for (let from = 0; from < ids.length; from += 10_000) {
    const part = ids.slice(from, from + 10_000)
    await sql.query(
      `insert into maker_service.thing (tenant_id, id, version)
       select t, i, 1 from unnest($1::uuid[], $2::uuid[]) as one (t, i)`,
      [part.map(tenantOf), part.map(thingOf)],
    )
  }
  await sql.query('vacuum analyze maker_service.thing')
}

async function perSecond(work: (n: number) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  let count = 0
  const worker = async () => {
    while (performance.now() - started < seconds * 1_000) await work((count++ * 7_919) % 100_000)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return count / ((performance.now() - started) / 1_000)
}
