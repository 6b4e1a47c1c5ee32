import { type Context, type Log, type LogName, logNames } from '@prognetwork/contracts'
import { type PlatformDoor, statement } from '@prognetwork/shared-infrastructure'

const ensurePartitions = statement<{ past: number }, [log: LogName]>(
  'log.ensure_partitions',
  'select ensure_partitions($1) as past',
)

const dropPartitions = statement<{ dropped: number }, [log: LogName, days: number]>(
  'log.drop_partitions',
  `select drop_partitions($1, $2 * interval '1 day') as dropped`,
)

/** When the head comes this close to the last position there is room for, more room is made. */
const marginPositions = { domain: 20_000_000, volatile: 4_000_000 }

/** The ranges of positions that logs are stored in: made ahead of the head, dropped when old. */
export interface Ranges {
  keep(ctx: Context): Promise<void>
  /** Makes room sooner when a log grows faster than the job comes by. */
  noteHead(log: LogName, next: number): void
}

export function createRanges(parts: {
  readonly platform: PlatformDoor
  readonly log: Log
  /** Full ranges older than this are dropped; undefined keeps everything. */
  readonly days: Readonly<Record<LogName, number | undefined>>
}): Ranges {
  const ranges = {
    domain: createRangesOf('domain', parts),
    volatile: createRangesOf('volatile', parts),
  }
  return {
    async keep(ctx) {
      for (const log of logNames) await ranges[log].keep(ctx)
    },
    noteHead: (log, next) => ranges[log].noteHead(next),
  }
}

function createRangesOf(name: LogName, parts: Parameters<typeof createRanges>[0]) {
  const { platform, log } = parts
  const days = parts.days[name]
  let past = 0
  let known: Context | undefined
  let making = false

  async function ensure(ctx: Context): Promise<void> {
    past = await platform.transaction(ctx, 'make room in the log', async (tx) => {
      const [row] = await tx.run(ensurePartitions(name))
      return row?.past ?? 0
    })
  }

  return {
    async keep(ctx: Context): Promise<void> {
      known = ctx
      await ensure(ctx)
      if (days === undefined) return
      await platform.transaction(ctx, 'drop old events', async (tx) => {
        const [row] = await tx.run(dropPartitions(name, days))
        if (row && row.dropped > 0)
          log.info({ of: name, ranges: row.dropped }, 'Old events were dropped')
      })
    },
    noteHead(next: number): void {
      if (making || !known || next < past - marginPositions[name]) return
      making = true
      ensure(known)
        .catch((error: unknown) =>
          log.error({ error, of: name }, 'There may soon be no room in the log'),
        )
        .finally(() => {
          making = false
        })
    },
  }
}
