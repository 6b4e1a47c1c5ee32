// Kills, at random moments and under load, what an event goes through: the process that writes the
// log, the one that copies it, consumers, PostgreSQL and the broker. Every event has an effect, a row
// of the consumer, and the publisher keeps how many events there are: both must come to the same.
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { command } from '@prognetwork/shared-infrastructure'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import {
  type Broker,
  startKafkaBroker,
  startRedisBroker,
} from '../core/event-streaming-service/test/broker-under-test.ts'
import {
  type EventPlatform,
  type EventProcess,
  eventProcesses,
  startEventPlatform,
  thingMade,
} from '../core/event-streaming-service/test/event-platform.ts'
import type { CrashingProcess } from './crash-events-process.ts'
import { seededRandom } from './random.ts'
import { removeState, temporaryState } from './server-process.ts'

export type CrashTransport = 'postgres' | 'redis' | 'kafka'

export interface EventsCrashReport {
  readonly transport: CrashTransport
  readonly rounds: number
  /** How often each was killed. */
  readonly kills: Readonly<Record<string, number>>
  /** How many the publisher has committed. */
  readonly events: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Keys whose events were handled in another order. */
  readonly disordered: readonly string[]
  /** What effects add up to, and what they must. */
  readonly balance: { readonly is: number; readonly mustBe: number }
  readonly seed: number
}

const things = 40
const settleMs = 90_000
const startBroker = { redis: startRedisBroker, kafka: startKafkaBroker }

const setThing = command<[thingId: string, version: number]>(
  'thing.set',
  `insert into thing (id, version) values ($1, $2)
   on conflict (tenant_id, id) do update set version = excluded.version`,
)

/** Runs `rounds` kills; the seed repeats the moments and the victims. */
export async function crashEvents(options: {
  readonly transport: CrashTransport
  readonly rounds: number
  /** After so long it is enough, however many rounds that were. */
  readonly minutes?: number
  readonly seed: number
  readonly say: (sentence: string) => void
}): Promise<EventsCrashReport> {
  const { transport, rounds, minutes = Number.POSITIVE_INFINITY, seed, say } = options
  const broker = transport === 'postgres' ? undefined : await startBroker[transport]()
  const site = await openSite(broker)
  const kills: Record<string, number> = {}
  try {
    const random = seededRandom(seed)
    const load = startLoad(site.maker)
    const untilMs = performance.now() + minutes * 60_000
    let round = 0
    while (round < rounds && performance.now() < untilMs) {
      round += 1
      await sleep(200 + random() * 1_500)
      const victims = [...site.victims.keys()]
      const victim = victims[Math.floor(random() * victims.length)] ?? ''
      kills[victim] = (kills[victim] ?? 0) + 1
      const tookMs = await site.kill(victim)
      say(`round ${round}: ${victim} killed and back after ${Math.round(tookMs)} ms`)
    }
    await sleep(500)
    await load.stop()
    return { transport, rounds: round, kills, ...(await compare(site, say)), seed }
  } finally {
    await site.close()
    await broker?.stop()
  }
}

interface Site {
  readonly maker: EventProcess
  readonly settings: EventPlatform['settings']
  /** Each knows how to end without a word and how to come back. */
  readonly victims: ReadonlyMap<string, () => Promise<void>>
  /** Answers the milliseconds until it is back. */
  kill(victim: string): Promise<number>
  close(): Promise<void>
}

/** A database that flushes, as a real one does, and every part in a process of its own. */
async function openSite(broker: Broker | undefined): Promise<Site> {
  const state = await temporaryState()
  const start = () => startPostgres({ stateDirectory: resolve(state), say: () => {} })
  let postgres = await start()
  const { connection } = postgres
  const prepared = await startEventPlatform({
    ...{ server: 'embedded', admin: connection, passwords: {}, template: 'template1' },
  })
  // Makes room in the log and writes who reads what.
  await (await prepared.start()).stop()
  const { settings, passwords } = prepared
  await prepared.sql.end()
  const processes = eventProcesses(settings, passwords)
  const maker = await processes.start({ writes: false })
  const transport = broker?.settings('crash') ?? ({ kind: 'postgres' } as const)
  const roles: Readonly<Record<string, CrashingProcess['role']>> = {
    writer: 'writer',
    ...(broker && { copier: 'copier' }),
    'consumer one': 'consumer',
    'consumer two': 'consumer',
  }
  const children = new Map<string, ChildProcess>()
  const victims = new Map<string, () => Promise<void>>()
  for (const [name, role] of Object.entries(roles)) {
    const run = async () => {
      children.set(name, await startChild({ name, role, settings, passwords, transport }))
    }
    await run()
    victims.set(name, async () => {
      await endChild(children.get(name))
      await run()
    })
  }
  victims.set('postgres', async () => {
    process.kill(postmasterOf(postgres.dataDirectory), 'SIGKILL')
    await postgres.ended
    // Lets go of what it holds beside the server.
    await postgres.stop()
    postgres = await start()
  })
  if (broker) victims.set('broker', () => broker.restart())

  return {
    ...{ maker, settings, victims },
    async kill(victim) {
      const startedMs = performance.now()
      await victims.get(victim)?.()
      return performance.now() - startedMs
    },
    async close() {
      await Promise.all([...children.values()].map(endChild))
      await processes.stop()
      await postgres.stop()
      await removeState(state)
    },
  }
}

async function startChild(one: CrashingProcess): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'crash-events-process.ts'), [JSON.stringify(one)])
  await once(child, 'message')
  return child
}

async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function postmasterOf(dataDirectory: string): number {
  return Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10)
}

/** For each thing one event after the other: the thing's row says how many there are. */
function startLoad(maker: EventProcess) {
  const tenant = randomUUID()
  let isStopped = false
  const make = async () => {
    const thingId = randomUUID()
    for (let version = 1; !isStopped; version++) {
      const ctx = maker.context(tenant)
      const { db, events } = maker.maker
      const data = { thingId, version }
      const event = await events.put(ctx, thingMade, data, { aggregateVersion: version })
      await db.batch(ctx, [setThing(thingId, version), event]).catch(async () => {
        // Whether it was committed is known when the database is back.
        version = await committedVersion(maker, tenant, thingId, () => isStopped)
      })
      await sleep(5)
    }
  }
  const work = Array.from({ length: things }, make)
  return {
    async stop() {
      isStopped = true
      await Promise.all(work)
    },
  }
}

async function committedVersion(
  maker: EventProcess,
  tenant: string,
  thingId: string,
  isStopped: () => boolean,
): Promise<number> {
  const ctx = maker.context(tenant)
  const readThing = {
    ...{ name: 'thing.version', text: 'select version from thing where id = $1' },
    values: [thingId],
  }
  for (;;) {
    try {
      const [row] = await maker.maker.db.read<{ version: number }>(ctx, readThing)
      return row?.version ?? 0
    } catch {
      if (isStopped()) return 0
      await sleep(50)
    }
  }
}

/** When nothing is on its way any more, effects and events must be the same. */
async function compare({ settings }: Site, say: (sentence: string) => void) {
  const sql = await connectDirectly(settings)
  try {
    const { rows: made } = await sql.query<{ id: string; version: number }>(
      'select id, version from maker_service.thing',
    )
    const events = made.reduce((sum, { version }) => sum + version, 0)
    const untilMs = performance.now() + settleMs
    while ((await distinctEffects(sql)) < events && performance.now() < untilMs) await sleep(200)
    const { rows } = await sql.query<{ id: string; version: number }>(
      'select thing_id as id, version from taker_service.taking order by seq',
    )
    say(`${events} events, ${rows.length} effects`)
    const is = rows.reduce((sum, row) => sum + row.version, 0)
    const mustBe = made.reduce((sum, { version }) => sum + (version * (version + 1)) / 2, 0)
    return { events, ...differences(made, rows), balance: { is, mustBe } }
  } finally {
    await sql.end()
  }
}

async function distinctEffects(sql: Awaited<ReturnType<typeof connectDirectly>>): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count
     from (select distinct thing_id, version from taker_service.taking) as effect`,
  )
  return rows[0]?.count ?? 0
}

interface Versioned {
  readonly id: string
  readonly version: number
}

/** Each thing has an effect for each of its versions, once and in order; or it is named. */
function differences(made: readonly Versioned[], effects: readonly Versioned[]) {
  const byThing = Map.groupBy(effects, ({ id }) => id)
  const lost: string[] = []
  const doubled: string[] = []
  const disordered: string[] = []
  for (const { id, version } of made) {
    const versions = (byThing.get(id) ?? []).map((one) => one.version)
    const counts = new Map<number, number>()
    for (const one of versions) counts.set(one, (counts.get(one) ?? 0) + 1)
    for (let one = 1; one <= version; one++) if (!counts.has(one)) lost.push(`${id} ${one}`)
    for (const [one, count] of counts) if (count > 1) doubled.push(`${id} ${one}`)
    if (versions.some((one, n) => one < (versions[n - 1] ?? 0))) disordered.push(id)
  }
  return { lost, doubled, disordered }
}
