// The partitions this process reads for its group: which it leases, where each stands, and how far
// the quiet ones were looked through.
import { v7 } from 'uuid'
import type { ConsumerDatabase } from './consumer-database.ts'
import { keepLeases, leaveGroup, releaseLeases } from './leases.ts'
import type { LogEnd } from './log-source.ts'
import { newPartition, type Partition, quietPositions } from './partitions.ts'
import { advancePositions, type Group, loadPositions } from './positions.ts'

/** How soon a partition that a replay holds is looked at again. */
const heldMs = 250

export class Membership {
  private readonly partitions = new Map<number, Partition>()
  private readonly member = v7()
  private readonly group: Group
  private readonly database: ConsumerDatabase
  private readonly leaseMs: number
  private readonly session: () => number | undefined

  constructor(
    group: Group,
    database: ConsumerDatabase,
    { leaseMs, session }: { leaseMs: number; session: () => number | undefined },
  ) {
    this.group = group
    this.database = database
    this.leaseMs = leaseMs
    this.session = session
  }

  /** Keys of its partitions that were parked when the leases were last renewed. */
  parked = 0

  all(): Partition[] {
    return [...this.partitions.values()]
  }

  /** False once it was given up, also when it came back since. */
  holds(partition: Partition): boolean {
    return this.partitions.get(partition.number) === partition
  }

  /**
   * Renews the leases, takes what is free and gives up what is above the fair share. Answers the
   * milliseconds until a parked key of its partitions is due, if one waits.
   */
  async renew(): Promise<number | undefined> {
    const { group, member, leaseMs } = this
    const [[row]] = await this.database.write([keepLeases(group, member, leaseMs, this.session())])
    if (!row) throw new Error('the leases were not answered')
    const held = new Set(row.held)
    for (const number of held)
      if (!this.partitions.has(number)) this.partitions.set(number, newPartition(number))
    for (const partition of this.partitions.values()) {
      partition.leaving = !held.has(partition.number)
      if (partition.leaving && !partition.busy) this.giveUp(partition)
    }
    if (held.size > row.share) await this.release(held.size - row.share)
    this.parked = row.parked
    return row.retryInMs === null ? undefined : Math.max(0, row.retryInMs)
  }

  giveUp(partition: Partition): void {
    if (this.holds(partition)) this.partitions.delete(partition.number)
  }

  /** For a member that has fewer; busy ones stay until the next renewal. */
  private async release(count: number): Promise<void> {
    await this.advanceQuiet()
    const leaving = this.all()
      .filter((one) => !one.busy)
      .slice(-count)
    for (const one of leaving) this.giveUp(one)
    await this.database.write([releaseLeases(this.group, this.member, numbersOf(leaving))])
  }

  /**
   * Reads the stored position of every partition that has none in memory. Answers how many stand below
   * the log's floor: what they have not read was dropped, and they go on from there.
   */
  async loadPositions(head: LogEnd): Promise<number> {
    const now = performance.now()
    const unknown = this.all().filter(
      (one) => one.position === undefined && !one.busy && one.notBeforeMs <= now,
    )
    if (unknown.length === 0) return 0
    let left = 0
    const [, rows] = await this.database.write(loadPositions(this.group, head, numbersOf(unknown)))
    const byNumber = new Map(rows.map((row) => [row.partition, row]))
    for (const partition of unknown) {
      const row = byNumber.get(partition.number)
      if (row?.incarnation !== head.incarnation)
        throw new Error(
          `${this.group.group} stands in incarnation ${row?.incarnation} of the log ${head.log}, which is ${head.incarnation} now`,
        )
      partition.readTo = Math.max(row.position, head.floor)
      if (row.position < head.floor) left += 1
      if (row.isHeld) partition.notBeforeMs = now + heldMs
      else partition.position = row.position
    }
    return left
  }

  /** A replay has ended: its partitions may be free. */
  lookAgain(): void {
    for (const one of this.all()) if (one.position === undefined) one.notBeforeMs = 0
  }

  /** Some quiet partition was looked through so far that it is worth a statement. */
  isFarAhead(): boolean {
    return this.all().some((one) => !one.busy && lead(one) >= quietPositions)
  }

  /** Writes in one statement how far the partitions without events were looked through. */
  async advanceQuiet(): Promise<void> {
    const moves = this.all().flatMap((one) =>
      one.position === undefined || one.busy || lead(one) === 0
        ? []
        : [{ one, partition: one.number, from: one.position, to: one.readTo }],
    )
    if (moves.length === 0) return
    for (const { one } of moves) one.busy = true
    try {
      const [rows] = await this.database.write([advancePositions(this.group, moves)])
      const moved = new Set(rows.map((row) => row.partition))
      for (const { one, to } of moves)
        if (moved.has(one.number)) one.position = to
        else this.giveUp(one)
    } catch (error) {
      for (const { one } of moves) one.position = undefined
      throw error
    } finally {
      for (const { one } of moves) one.busy = false
    }
  }

  /** The last act: others take over at once instead of waiting for the leases to run out. */
  async leave(): Promise<void> {
    await this.advanceQuiet()
    await this.database.write(leaveGroup(this.group, this.member))
  }
}

function numbersOf(partitions: readonly Partition[]): number[] {
  return partitions.map((one) => one.number)
}

/** How far a partition was looked through beyond its stored position. */
function lead(partition: Partition): number {
  return partition.position === undefined ? 0 : partition.readTo - partition.position
}
