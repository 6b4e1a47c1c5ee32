// From the domain log to deliveries, exactly once: the database function does it in one transaction, and
// says when there is more. Here it is only called, whenever events were moved.
import type { Context, Log } from '@prognetwork/contracts'
import { type LogAccess, type PlatformDoor, statement } from '@prognetwork/shared-infrastructure'
import { createAlarm } from './alarm.ts'

const fanOut = statement<{ made: number; isBehind: boolean; isIdle: boolean }, [positions: number]>(
  'webhook.fan_out',
  `select made, is_behind as "isBehind", is_idle as "isIdle" from fan_out_webhooks($1)`,
)

const positionsPerCall = 2_000
/** Without a wake-up, and where no tenant has an endpoint: then wake-ups are not heard at all. */
const backstopMs = 5_000
const idleMs = 1_000
const coalesceMs = 5
const afterFailureMs = 500

export function startFanOut(parts: {
  readonly platform: PlatformDoor
  readonly ctx: Context
  readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
  readonly onMade: () => void
  readonly log: Log
}) {
  const { platform, ctx, onMade, log } = parts
  const alarm = createAlarm()
  let isStopping = false
  let isIdle = false
  const stopListening = parts.wakeUps.onMoved(({ log }) => {
    if (log === 'domain' && !isIdle) alarm.ring()
  })

  /** How long to wait before the next call. */
  async function once(): Promise<number> {
    const row = await platform.transaction(ctx, 'fan out events to webhooks', async (tx) => {
      const [done] = await tx.run(fanOut(positionsPerCall))
      return done
    })
    if (!row) throw new Error('the fan-out answered nothing')
    isIdle = row.isIdle
    if (row.made > 0) onMade()
    if (row.isBehind) return 0
    return row.isIdle ? idleMs : backstopMs
  }

  async function work(): Promise<void> {
    while (!isStopping) {
      let waitMs = afterFailureMs
      try {
        waitMs = await once()
      } catch (error) {
        log.error({ error }, 'Events did not become webhook deliveries and will be tried again')
      }
      if (waitMs === 0) continue
      await alarm.wait(waitMs)
      // Events come in bursts, and one call takes many of them.
      await new Promise((resolve) => setTimeout(resolve, coalesceMs))
    }
  }

  const working = work()
  return {
    /** There may be an endpoint now. */
    look: alarm.ring,
    async stop(): Promise<void> {
      isStopping = true
      stopListening()
      alarm.ring()
      await working
    },
  }
}
