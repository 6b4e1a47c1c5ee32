import type { Context, Log } from '@prognetwork/contracts'
import { type PlatformDoor, statement } from '@prognetwork/shared-infrastructure'

const ensurePartitions = statement<{ past: number }>(
  'log.ensure_partitions',
  'select ensure_partitions() as past',
)

const dropPartitions = statement<{ dropped: number }, [days: number]>(
  'log.drop_partitions',
  `select drop_partitions($1 * interval '1 day') as dropped`,
)

/** When the head comes this close to the last position there is room for, more room is made. */
const marginPositions = 20_000_000

/** The ranges of positions the log is stored in: made ahead of the head, dropped when old. */
export interface Ranges {
  keep(ctx: Context): Promise<void>
  /** Makes room sooner when the log grows faster than the job comes by. */
  noteHead(next: number): void
}

export function createRanges(parts: {
  readonly platform: PlatformDoor
  readonly log: Log
  /** Full ranges older than this are dropped; undefined keeps everything. */
  readonly days: number | undefined
}): Ranges {
  const { platform, log, days } = parts
  let past = 0
  let known: Context | undefined
  let making = false

  async function ensure(ctx: Context): Promise<void> {
    past = await platform.transaction(ctx, 'make room in the log', async (tx) => {
      const [row] = await tx.run(ensurePartitions())
      return row?.past ?? 0
    })
  }

  return {
    async keep(ctx) {
      known = ctx
      await ensure(ctx)
      if (days === undefined) return
      await platform.transaction(ctx, 'drop old events', async (tx) => {
        const [row] = await tx.run(dropPartitions(days))
        if (row && row.dropped > 0) log.info({ dropped: row.dropped }, 'Old events were dropped')
      })
    },
    noteHead(next) {
      if (making || !known || next < past - marginPositions) return
      making = true
      ensure(known)
        .catch((error: unknown) => log.error({ error }, 'There may soon be no room in the log'))
        .finally(() => {
          making = false
        })
    },
  }
}
