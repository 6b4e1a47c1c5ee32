import type { LogName } from '@prognetwork/contracts'
import { command, statement } from '@prognetwork/shared-infrastructure'

export interface GroupRow {
  readonly name: string
  readonly log: LogName
  readonly types: string[]
  readonly incarnation: string
  readonly position: number
  /** The lot that is out, as long as its lease holds. */
  readonly lease: string | null
  readonly leasedTo: number | null
  readonly leasedUntil: string | null
}

/** A lease that has run out is none; `$now` is the parameter with the present moment. */
const columns = (now: string) => `name, log, types, incarnation, position,
  case when leased_until > ${now} then lease end as lease,
  case when leased_until > ${now} then leased_to end as "leasedTo",
  case when leased_until > ${now} then leased_until end as "leasedUntil"`

export const lockGroup = statement<GroupRow, [now: string, name: string]>(
  'event_group.lock',
  `select ${columns('$1')} from event_group where name = $2 for update`,
)

export const listGroups = statement<GroupRow, [now: string, after: string | null, most: number]>(
  'event_group.list',
  `select ${columns('$1')} from event_group where $2::text is null or name > $2
   order by name limit $3`,
)

export const countGroups = statement<{ count: number }, [except: string]>(
  'event_group.count',
  'select count(*)::int as count from event_group where name <> $1',
)

/** A group that is there keeps its place. */
export const putGroup = statement<
  GroupRow,
  [
    now: string,
    name: string,
    types: readonly string[],
    log: LogName,
    incarnation: string,
    position: number,
  ]
>(
  'event_group.put',
  `insert into event_group (name, types, log, incarnation, position)
   values ($2, $3, $4, $5, $6)
   on conflict (tenant_id, name) do update set types = excluded.types
   returning ${columns('$1')}`,
)

export const removeGroup = statement<{ name: string }, [name: string]>(
  'event_group.remove',
  'delete from event_group where name = $1 returning name',
)

export const lendLot = command<[name: string, lease: string, to: number, until: string]>(
  'event_group.lend',
  'update event_group set lease = $2, leased_to = $3, leased_until = $4 where name = $1',
)

/** Moves the group, and ends what is out. */
export const moveGroup = statement<
  GroupRow,
  [now: string, name: string, incarnation: string, position: number]
>(
  'event_group.move',
  `update event_group set incarnation = $3, position = $4, lease = null, leased_to = null,
     leased_until = null
   where name = $2 returning ${columns('$1')}`,
)
