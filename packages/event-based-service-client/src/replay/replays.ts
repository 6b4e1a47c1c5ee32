// The row of a replay: what of history is handled again, and how far that has come. Whoever works on it
// leases it. The row is not locked while a batch is handled, so that whoever pauses or cancels does not
// wait: the batch in hand finds out when it moves the place on, and is rolled back.
import type { Statement } from '@prognetwork/contracts'
import { allPartitions } from '../partitions.ts'
import type { Group, Place } from '../positions.ts'

/** A replay while one process works on it. */
export interface Replay {
  readonly id: string
  readonly incarnation: string
  readonly types: readonly string[]
  readonly tenantId: string | null
  readonly key: string | null
  /** Business time of the events, RFC 3339; `before` itself is left out. */
  readonly since: string | null
  readonly before: string | null
  readonly position: number
  readonly finish: number
  /** By partition: how far live consumption was when the replay was asked for; 0 for others. */
  readonly upTo: readonly number[]
}

/** The replay of the group that nobody works on, or that this process does already. */
export const takeReplay = (
  { group, log }: Group,
  holder: string,
  ttlMs: number,
  session: number | undefined,
): Statement<Replay> => ({
  name: 'replay.take',
  text: `select id, incarnation, types, of_tenant as "tenantId", of_key as key, since, before,
      position, finish, (select jsonb_agg(least(coalesce(p.position, 0), finish) order by n)
        from unnest($5::smallint[]) n
        left join consumer_position p on p.replay = taken.id and p.partition = n) as "upTo"
    from take_replay($1, $2, $3, $4, $6) taken`,
  values: [group, log, holder, ttlMs, allPartitions, session ?? null],
})

/** Where a replay stands, for the process that holds it. */
export const replayPlace = (replay: Replay, holder: string, ttlMs: number): Place => ({
  partitions: allPartitions.filter((partition) => (replay.upTo[partition] ?? 0) > 0),
  find: {
    name: 'replay.find_place',
    text: `select incarnation, position from replay
      where id = $1 and holder = $2 and state = 'running'`,
    values: [replay.id, holder],
  },
  move: (from, to, handled) => ({
    name: 'replay.move',
    text: 'select move_replay($1, $2, $3, $4, $5, $6)',
    values: [replay.id, holder, from, to, handled, ttlMs],
  }),
})

/** Others may take it up at once. */
export const releaseReplay = (replay: Replay, holder: string): Statement => ({
  name: 'replay.release',
  text: 'update replay set holder = null where id = $1 and holder = $2',
  values: [replay.id, holder],
})

export const endReplay = (
  replay: Replay,
  holder: string,
  state: 'done' | 'failed',
  failure: string | null,
): Statement<{ ended: boolean }> => ({
  name: 'replay.end',
  text: 'select end_replay($1, $2, $3, $4) as ended',
  values: [replay.id, holder, state, failure],
})
