import type { Statement } from '@prognetwork/contracts'
import type { LogEnd } from './log-reader.ts'

/** Whose position: one consumer group on one log. */
export interface Group {
  readonly group: string
  readonly log: string
}

interface PositionRow {
  readonly partition: number
  readonly incarnation: string
  readonly position: number
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
    text: `select partition, incarnation, position from consumer_position
      where consumer_group = $1 and log = $2 and partition = any ($3)`,
    values: [group, log, partitions],
  },
]

/** First statement of every batch: whoever holds this row is the only one at this partition. */
export const lockPosition = (
  { group, log }: Group,
  partition: number,
): Statement<Omit<PositionRow, 'partition'>> => ({
  name: 'consumer_position.lock',
  text: `select incarnation, position from consumer_position
    where consumer_group = $1 and log = $2 and partition = $3 for update`,
  values: [group, log, partition],
})

export const writePosition = (
  { group, log }: Group,
  partition: number,
  position: number,
): Statement => ({
  name: 'consumer_position.write',
  text: `update consumer_position set position = $4
    where consumer_group = $1 and log = $2 and partition = $3`,
  values: [group, log, partition, position],
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
      and p.position = m.before
    returning p.partition`,
  values: [
    group,
    log,
    moves.map((move) => move.partition),
    moves.map((move) => move.from),
    moves.map((move) => move.to),
  ],
})
