import type { Context, Log } from '@prognetwork/contracts'
import { type PlatformDoor, type RealTime, statement } from '@prognetwork/shared-infrastructure'

const ensureDays = statement<{ past: string }, [today: string, ahead: number]>(
  'days.ensure',
  'select ensure_days($1, $2) as past',
)

const dropDays = statement<{ dropped: number }, [first: string]>(
  'days.drop',
  'select drop_days($1) as dropped',
)

/** The job comes by every hour; if it fails for days, there is still room. */
const daysAhead = 3
const dayMs = 86_400_000

/** The days that spans and lines are kept under: made ahead, dropped when old. */
export interface Days {
  keep(ctx: Context): Promise<void>
  /** Whether there is room for what happened at this moment. */
  hasRoomFor(atMs: number): boolean
}

export function createDays(parts: {
  readonly platform: PlatformDoor
  readonly log: Log
  readonly realTime: RealTime
  readonly retentionDays: number
}): Days {
  const { platform, log, realTime, retentionDays } = parts
  let firstMs = 0
  let pastMs = 0
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  return {
    async keep(ctx) {
      const todayMs = Math.floor(realTime.nowMs() / dayMs) * dayMs
      const keptMs = todayMs - retentionDays * dayMs
      const { past, dropped } = await platform.transaction(ctx, 'keep the days', async (tx) => {
        const [[ensured], [swept]] = await tx.batch([
          ensureDays(dateOf(todayMs), daysAhead),
          dropDays(dateOf(keptMs)),
        ])
        return { past: ensured?.past, dropped: swept?.dropped ?? 0 }
      })
      // Days before the first start were never made, but for yesterday.
      firstMs = todayMs - dayMs
      pastMs = past === undefined ? 0 : Date.parse(past)
      if (dropped > 0) log.info({ tables: dropped }, 'Old spans and log lines were dropped')
    },
    hasRoomFor: (atMs) => atMs >= firstMs && atMs < pastMs,
  }
}
