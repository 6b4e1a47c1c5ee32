// What has to be done once a database was restored or moved, before events go on: a log may have lost
// its end, so that positions which outsiders have seen will be given to other events, and numbers of
// transactions mean nothing in another server. All of it commits together or not at all.
import type pg from 'pg'
import { setForce } from './migrations.ts'
import { logOwner, rolesOf, schemaOf } from './ownership.ts'

/** What became of one log. */
interface LogLife {
  readonly log: string
  readonly former: string
  /** The same as `former` when nothing was lost. */
  readonly incarnation: string
  /** Where it ends. */
  readonly position: number
  /** Those before it; what stands in one of them and not after `upTo` has read what it says. */
  readonly lives: readonly { readonly incarnation: string; readonly upTo: number }[]
  /** Places of readers that stand in the same database, and were carried over. */
  readonly places: number
}

export interface NewLives {
  readonly logs: readonly LogLife[]
  /** Events that wait in outboxes and are moved next. */
  readonly waiting: number
}

export interface NewLifeOptions {
  readonly isWhole: boolean
  readonly isRunning: boolean
  readonly logs?: readonly LogLife[]
}

/**
 * Begins a new incarnation of every log, or, with `isWhole`, lets the present ones go on because
 * nothing was lost. `admin` may act for the owners of all schemas. In another database than that of the
 * logs, `logs` are what was begun there. Throws while an event writer leads, unless `isRunning` says
 * that this is known.
 */
export async function beginIncarnations(
  admin: pg.ClientBase,
  services: readonly string[],
  options: NewLifeOptions,
): Promise<NewLives> {
  await admin.query('begin')
  try {
    await admin.query(`set local lock_timeout = '10s'`)
    let waiting = 0
    // Outboxes before heads, as the event writer locks them.
    for (const service of services)
      waiting += await asOwner(admin, service, () => renewOutbox(admin, service, options))
    const logs = services.includes(logOwner)
      ? await asOwner(admin, logOwner, () => renewHeads(admin, options))
      : (options.logs ?? []).map((one) => ({ ...one, places: 0 }))
    for (const service of services)
      await asOwner(admin, service, async () => {
        for (const one of logs) one.places += await carryOver(admin, service, one)
      })
    await admin.query('commit')
    return { logs, waiting }
  } catch (error) {
    await admin.query('rollback').catch(() => {})
    throw error
  }
}

/** Under the role that owns a schema, which sees the rows of every tenant meanwhile. */
async function asOwner<T>(
  admin: pg.ClientBase,
  service: string,
  work: () => Promise<T>,
): Promise<T> {
  await admin.query(`set local role ${rolesOf(service).owner}`)
  await admin.query(`set local search_path to ${schemaOf(service)}, pg_temp`)
  await setForce(admin, service, 'no force')
  const done = await work()
  await setForce(admin, service, 'force')
  await admin.query('reset role')
  return done
}

/**
 * Numbers of transactions become that of this one, which is behind the horizon as soon as it has ended;
 * numbers of events that are sent to a log elsewhere begin again. Answers how many events wait.
 */
async function renewOutbox(
  admin: pg.ClientBase,
  service: string,
  { isWhole }: { isWhole: boolean },
): Promise<number> {
  await admin.query('update audit set xid = pg_current_xact_id() where not sealed')
  let waiting = 0
  for (const table of service === logOwner ? ['outbox', 'incoming'] : ['outbox']) {
    const { rowCount } = await admin.query(`update ${table} set xid = pg_current_xact_id()`)
    waiting += rowCount ?? 0
  }
  if (!isWhole) waiting += await renumberOutgoing(admin)
  return waiting
}

async function renumberOutgoing(admin: pg.ClientBase): Promise<number> {
  // Aside first, so that no number is there twice on the way.
  await admin.query('update outgoing set number = -number')
  const { rowCount } = await admin.query(
    `update outgoing o set number = n.number
     from (select number as aside, row_number() over (order by number desc) as number
       from outgoing) n where o.number = n.aside`,
  )
  await admin.query('update outgoing_head set incarnation = gen_random_uuid(), next = $1', [
    (rowCount ?? 0) + 1,
  ])
  return rowCount ?? 0
}

async function renewHeads(
  admin: pg.ClientBase,
  { isWhole, isRunning }: { isWhole: boolean; isRunning: boolean },
): Promise<(LogLife & { places: number })[]> {
  const { rows: led } = await admin.query(
    'select from log_head where holder is not null and expires_at > now() for update',
  )
  if (led.length > 0 && !isRunning)
    throw new Error('The platform runs on this database; stop it first, or add --running')
  if (!isWhole)
    await admin.query(
      `insert into log_life select log, incarnation, next - 1, now() from log_head
       on conflict (log, incarnation) do nothing`,
    )
  const { rows } = await admin.query<LogLife & { places: number }>(
    `update log_head h
     set incarnation = case when $1 then h.incarnation else gen_random_uuid() end,
       epoch = h.epoch + 1, holder = null, expires_at = now(), home = present_home()
     from log_head before where before.log = h.log
     returning h.log, before.incarnation as former, h.incarnation, h.next - 1 as position,
       0 as places, coalesce((select jsonb_agg(jsonb_build_object('incarnation', l.incarnation,
           'upTo', l."upTo") order by l.at) from (
             select incarnation, ended_at as at, min(position) over (
               order by ended_at, position desc rows between current row and unbounded following
             ) as "upTo" from log_life where log = h.log) l), '[]') as lives`,
    [isWhole],
  )
  // What services elsewhere have sent may be lost: whatever they send next is taken.
  if (!isWhole) await admin.query('update appended_source set last = null')
  return rows.sort((one, other) => one.log.localeCompare(other.log))
}

/**
 * Every place that is kept beside the log was restored with it and fits it; one that is kept elsewhere
 * may be after its end, and is taken back to it. A place says its log, incarnation and position.
 */
async function carryOver(admin: pg.ClientBase, service: string, life: LogLife): Promise<number> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name
     from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not in ('log_head', 'log_life')
       and a.attname in ('log', 'incarnation', 'position')
     group by c.oid having count(*) = 3`,
    [schemaOf(service)],
  )
  let places = 0
  for (const { name } of tables)
    for (const { incarnation, upTo } of life.lives) {
      const { rowCount } = await admin.query(
        `update ${name} set incarnation = $1, position = least(position, $2)
         where log = $3 and incarnation = $4`,
        [life.incarnation, upTo, life.log, incarnation],
      )
      places += rowCount ?? 0
    }
  return places
}
