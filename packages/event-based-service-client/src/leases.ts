import type { Statement } from '@prognetwork/contracts'
import type { Group } from './positions.ts'
import { partitionCount } from './publisher.ts'

/** What one member of a group holds after a renewal. */
export interface Held {
  readonly held: readonly number[]
  /** How many would be fair; what is above it is given up. */
  readonly share: number
  /** Until the next parked key is due; null when none waits. */
  readonly retryInMs: number | null
  /** Keys of its partitions that are parked. */
  readonly parked: number
}

export const keepLeases = (
  { group, log }: Group,
  member: string,
  ttlMs: number,
  session: number | undefined,
): Statement<Held> => ({
  name: 'consumer_lease.keep',
  text: `select held, share, retry_in_ms as "retryInMs", count_parked_keys($1, $2, held) as parked
    from keep_consumer_leases($1, $2, $3, $4, $5, $6)`,
  values: [group, log, member, ttlMs, partitionCount, session ?? null],
})

export const releaseLeases = (
  { group, log }: Group,
  member: string,
  partitions: readonly number[],
): Statement => ({
  name: 'consumer_lease.release',
  text: `update consumer_lease set member = null
    where consumer_group = $1 and log = $2 and member = $3 and partition = any ($4)`,
  values: [group, log, member, partitions],
})

/** Also gives up leases this member got and never heard of. */
export const leaveGroup = ({ group, log }: Group, member: string): [Statement, Statement] => [
  {
    name: 'consumer_lease.release_all',
    text: `update consumer_lease set member = null
      where consumer_group = $1 and log = $2 and member = $3`,
    values: [group, log, member],
  },
  {
    name: 'consumer_member.leave',
    text: 'delete from consumer_member where consumer_group = $1 and log = $2 and member = $3',
    values: [group, log, member],
  },
]
