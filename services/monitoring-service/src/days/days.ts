import type { Context, Log } from '@prognetwork/contracts'
import {
  command,
  type PlatformDoor,
  type RealTime,
  statement,
} from '@prognetwork/shared-infrastructure'

const ensureDays = command<[today: string, ahead: number]>(
  'days.ensure',
  'select ensure_days($1, $2)',
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
  /** Whether there is room for what happened at this moment: since yesterday, before the day after next. */
  hasRoomFor(atMs: number): boolean
}

export function createDays(parts: {
  readonly platform: PlatformDoor
  readonly log: Log
  readonly realTime: RealTime
  readonly retentionDays: number
}): Days {
  const { platform, log, realTime, retentionDays } = parts
  const todayMs = () => Math.floor(realTime.nowMs() / dayMs) * dayMs
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  return {
    async keep(ctx) {
      const today = todayMs()
      await platform.batch(ctx, 'make room for days', [ensureDays(dateOf(today), daysAhead)])
      // Apart, so that there is room even when the old days cannot be had for a moment.
      const [[row]] = await platform.batch(ctx, 'drop old days', [
        dropDays(dateOf(today - retentionDays * dayMs)),
      ])
      if (row && row.dropped > 0)
        log.info({ tables: row.dropped }, 'Old spans and log lines were dropped')
    },
    hasRoomFor: (atMs) => atMs >= todayMs() - dayMs && atMs < todayMs() + 2 * dayMs,
  }
}
