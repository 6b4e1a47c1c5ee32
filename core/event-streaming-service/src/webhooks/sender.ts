// Sends what is due, some at a time. A delivery is leased while it is sent, so whoever dies half-way
// is followed, and what it sent may be sent again: the receiver knows it by its webhook-id.
import type { Context, Log } from '@prognetwork/contracts'
import { webhookDisabled } from '@prognetwork/contracts/event-streaming'
import {
  type Audit,
  type Database,
  type EventPublisher,
  newId,
  type PlatformDoor,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { createAlarm } from './alarm.ts'
import { type Attempt, goneStatus } from './attempt.ts'
import { disableEndpoint } from './endpoints.store.ts'
import { delayAfter, hopelessAfterMs } from './retries.ts'
import { type DueDelivery, giveBack, recordAttempt, takeDue } from './sender.store.ts'

/** At once, in one process. */
const atOnce = 128
const atOncePerTenant = 16
const atOncePerEndpoint = 8
/** Longer than any request may take. */
const leaseMs = 60_000
const pollMs = 1_000
/** When nothing was due for a while; what is made due here wakes it. */
const quietPollMs = 3_000
const quietAfterMs = 60_000
const coalesceMs = 10
const reason = 'send webhooks'

interface Sending {
  readonly delivery: DueDelivery
  readonly work: Promise<void>
}

export function startSender(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
  readonly ctx: Context
  readonly log: Log
  readonly attempt: (delivery: DueDelivery, signal: AbortSignal) => Promise<Attempt>
}) {
  const { db, platform, events, audit, realTime, ctx, log, attempt } = parts
  const alarm = createAlarm()
  const stopping = new AbortController()
  const sending = new Set<Sending>()
  let sent = 0
  let foundAtMs = Number.NEGATIVE_INFINITY

  async function take(lease: string): Promise<readonly DueDelivery[]> {
    const busy = [...sending].map(({ delivery }) => delivery)
    const due = takeDue(
      ...([lease, leaseMs, atOnce - sending.size] as const),
      busy.map((one) => one.tenantId),
      busy.map((one) => one.endpointId),
      ...([atOncePerTenant, atOncePerEndpoint] as const),
    )
    return platform.transaction(ctx, reason, (tx) => tx.run(due))
  }

  async function disable(tenantId: string, endpointId: string, why: 'gone' | 'failing') {
    const inTenant = platform.enter(ctx, tenantId, reason)
    await db.transaction(inTenant, async (tx) => {
      const [endpoint] = await tx.run(disableEndpoint(endpointId, why, realTime.now()))
      if (!endpoint) return
      await tx.batch([
        await events.put(inTenant, webhookDisabled, { endpointId, reason: why }),
        audit(inTenant, {
          action: webhookDisabled.type,
          outcome: 'success',
          resource: `webhook_endpoint/${endpointId}`,
          detail: { reason: why, host: new URL(endpoint.url).host },
        }),
      ])
    })
  }

  async function record(delivery: DueDelivery, lease: string, done: Attempt): Promise<void> {
    const { id, tenantId, endpointId } = delivery
    const retryMs =
      done.error === null || done.isFinal
        ? undefined
        : delayAfter(delivery.failures + 1, done.retryAfterMs)
    const settled = done.error === null ? 'delivered' : 'failed'
    const state = retryMs === undefined ? settled : 'waiting'
    const [[recorded]] = await db.batch(platform.enter(ctx, tenantId, reason), [
      recordAttempt(
        ...([id, lease, state, retryMs ?? null, done.at, done.durationMs] as const),
        ...([done.status, done.reply, done.error, hopelessAfterMs] as const),
      ),
    ])
    if (done.status === goneStatus) await disable(tenantId, endpointId, 'gone')
    else if (recorded?.isHopeless) await disable(tenantId, endpointId, 'failing')
  }

  async function deliver(delivery: DueDelivery, lease: string): Promise<void> {
    try {
      const done = await attempt(delivery, stopping.signal)
      sent += 1
      await record(delivery, lease, done)
    } catch (error) {
      const { id, tenantId } = delivery
      // What is being sent while the process stops is sent again by the next one.
      if (stopping.signal.aborted)
        await db.batch(platform.enter(ctx, tenantId, reason), [giveBack(id, lease)])
      else throw error
    }
  }

  function start(delivery: DueDelivery, lease: string): void {
    const work = deliver(delivery, lease)
      .catch((error: unknown) => {
        const sentence = 'A webhook will be sent again, its end is not known'
        log.error({ error, deliveryId: delivery.id }, sentence)
      })
      .finally(() => {
        sending.delete(one)
        alarm.ring()
      })
    const one: Sending = { delivery, work }
    sending.add(one)
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const lease = newId()
        const due = sending.size < atOnce ? await take(lease) : []
        if (due.length > 0) foundAtMs = performance.now()
        for (const one of due) start(one, lease)
      } catch (error) {
        log.error({ error }, 'No webhooks could be taken to be sent; it is tried again')
      }
      const isQuiet = performance.now() - foundAtMs > quietAfterMs
      await alarm.wait(isQuiet ? quietPollMs : pollMs)
      // Many end at about the same time, and one statement finds what follows all of them.
      await new Promise((resolve) => setTimeout(resolve, coalesceMs))
    }
  }

  const working = work()
  return {
    /** Something may be due. */
    look: alarm.ring,
    sendingCount: () => sending.size,
    sentCount: () => sent,
    async stop(): Promise<void> {
      stopping.abort()
      alarm.ring()
      await working
      await Promise.all([...sending].map((one) => one.work))
    },
  }
}
