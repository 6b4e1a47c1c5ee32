import type { Statement } from '@prognetwork/contracts'
import type { LogEnd } from './log-source.ts'

/** Whose position: one consumer group on one log. */
export interface Group {
  readonly group: string
  readonly log: string
}

/** A row that says how far somebody has come, and is moved on with the effects. */
export interface Place {
  /** Whose parked keys matter to the events after it. */
  readonly partitions: readonly number[]
  /** The first statement of a batch; no row when the place is somebody else's by now. */
  readonly find: Statement<{ readonly incarnation: string; readonly position: number }>
  /**
   * The last statement; `handled` events were given to handlers, or wait parked. Where `find` has
   * not locked the row, this fails with `placeLost` unless the place still is `from`.
   */
  move(from: number, to: number, handled: number): Statement
}

/** The SQLSTATE by which the database says that somebody else has moved the place. */
export const placeLost = 'PNGON'

interface PositionRow {
  readonly partition: number
  readonly incarnation: string
  readonly position: number
  /** A replay works on it: nothing is consumed meanwhile. */
  readonly isHeld: boolean
}

/** The stored positions of some partitions; one that has none begins where the log begins. */
export const loadPositions = (
  { group, log }: Group,
  head: LogEnd,
  partitions: readonly number[],
): [Statement, Statement<PositionRow>] => [
  {
    name: 'consumer_position.begin',
    text: `insert into consumer_position (consumer_group, log, partition, incarnation, position)
      select $1, $2, n, $3, $5 from unnest($4::smallint[]) n on conflict do nothing`,
    values: [group, log, head.incarnation, partitions, head.floor],
  },
  {
    name: 'consumer_position.load',
    text: `select partition, incarnation, position, replay is not null as "isHeld"
      from consumer_position
      where consumer_group = $1 and log = $2 and partition = any ($3)`,
    values: [group, log, partitions],
  },
]

/**
 * Where live consumption of one partition stands. Whoever has locked the row is the only one at this
 * partition; it is not to be had while a replay holds it.
 */
export const placeOf = ({ group, log }: Group, partition: number): Place => ({
  partitions: [partition],
  find: {
    name: 'consumer_position.lock',
    text: `select incarnation, position from consumer_position
      where consumer_group = $1 and log = $2 and partition = $3 and replay is null
      for no key update`,
    values: [group, log, partition],
  },
  move: (_from, to) => ({
    name: 'consumer_position.write',
    text: `update consumer_position set position = $4
      where consumer_group = $1 and log = $2 and partition = $3`,
    values: [group, log, partition, to],
  }),
})

/** Locks where several partitions stand; those that a replay holds are not among them. */
export const lockPositions = (
  { group, log }: Group,
  partitions: readonly number[],
): Statement<{ partition: number; incarnation: string; position: number }> => ({
  name: 'consumer_position.lock_all',
  text: `select partition, incarnation, position from consumer_position
    where consumer_group = $1 and log = $2 and partition = any ($3) and replay is null
    order by partition for no key update`,
  values: [group, log, partitions],
})

/** Moves partitions on that are locked. */
export const writePositions = (
  { group, log }: Group,
  reached: ReadonlyMap<number, number>,
): Statement => ({
  name: 'consumer_position.write_all',
  text: `update consumer_position p set position = m.reached
    from unnest($3::smallint[], $4::bigint[]) m (partition, reached)
    where p.consumer_group = $1 and p.log = $2 and p.partition = m.partition`,
  values: [group, log, [...reached.keys()], [...reached.values()]],
})

/** Moves quiet partitions on, each only if it still is where this member left it. */
export const advancePositions = (
  { group, log }: Group,
  moves: readonly { partition: number; from: number; to: number }[],
): Statement<{ partition: number }> => ({
  name: 'consumer_position.advance',
  text: `update consumer_position p set position = m.past
    from unnest($3::smallint[], $4::bigint[], $5::bigint[]) m (partition, before, past)
    where p.consumer_group = $1 and p.log = $2 and p.partition = m.partition
      and p.position = m.before and p.replay is null
    returning p.partition`,
  values: [
    group,
    log,
    moves.map((move) => move.partition),
    moves.map((move) => move.from),
    moves.map((move) => move.to),
  ],
})
