// Sends what is due, some at a time. A mail is leased while it is sent, so whoever dies half-way is
// followed, and what it sent may be sent again: under the same Message-ID.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Log } from '@prognetwork/contracts'
import {
  newId,
  type Observe,
  type PlatformDoor,
  Problem,
  type RealTime,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { createAlarm } from './alarm.ts'
import type { Attempt } from './attempt.ts'
import { type DueMessage, takeDue } from './queue.store.ts'

/** At once, in one process. */
const atOnce = 32
/** How much longer a mail is leased than its sending may take. */
const leaseMarginMs = 30_000
/** Finds what nobody woke it for: mails of a process that died. */
const backstopMs = 15_000
/** Many end at about the same time, and one statement finds what follows all of them. */
const coalesceMs = 10
/** What is being sent when the process stops is given so long, or it would be sent twice. */
const patienceMs = 3_000
const reason = 'send mail'

export interface Sender {
  /** Something will be due when what is being written now is committed. */
  expect(): void
  /** Something is due. */
  look(): void
  sendingCount(): number
  stop(): Promise<void>
}

export function startSender(parts: {
  readonly platform: PlatformDoor
  readonly realTime: RealTime
  readonly ctx: Context
  readonly log: Log
  readonly observe: Observe
  readonly sendMs: number
  readonly atOncePerTenant: number
  readonly attempt: Attempt
}): Sender {
  const { platform, realTime, ctx, log, observe, sendMs, atOncePerTenant, attempt } = parts
  const alarm = createAlarm()
  const stopping = new AbortController()
  const hurrying = new AbortController()
  const sending = new Map<Promise<void>, DueMessage>()

  async function take(lease: string): Promise<readonly DueMessage[]> {
    const busy = [...sending.values()].map((one) => one.tenantId)
    const [now, until] = [realTime.now(), realTime.now(sendMs + leaseMarginMs)]
    const due = takeDue(lease, now, until, atOnce - sending.size, busy, atOncePerTenant)
    return platform.transaction(ctx, reason, (tx) => tx.run(due))
  }

  async function deliver(message: DueMessage, lease: string): Promise<void> {
    const { id, tenantId } = message
    // What is sent belongs to the trace of what caused it.
    const inTenant = { ...platform.enter(ctx, tenantId, reason), trace: message.trace }
    try {
      const retryMs = await observe(inTenant, 'send mail', (step) =>
        attempt(step, message, lease, hurrying.signal),
      )
      if (retryMs !== undefined) alarm.ringIn(retryMs)
    } catch (error) {
      const isExpected = error instanceof Unavailable || error instanceof Problem
      const sentence = 'A mail is tried again when its lease has run out'
      if (isExpected) log.warn({ error, messageId: id, tenantId }, sentence)
      else log.error({ error, messageId: id, tenantId }, sentence)
    }
  }

  function start(message: DueMessage, lease: string): void {
    const work = deliver(message, lease).finally(() => {
      sending.delete(work)
      alarm.ring()
    })
    sending.set(work, message)
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const lease = newId()
        if (sending.size < atOnce) for (const one of await take(lease)) start(one, lease)
      } catch (error) {
        log.error({ error }, 'No mail could be taken to be sent; it is tried again')
      }
      await alarm.wait(backstopMs)
      await sleep(coalesceMs)
    }
  }

  const working = work()
  return {
    expect: () => alarm.ringAround(),
    look: () => alarm.ring(),
    sendingCount: () => sending.size,
    async stop() {
      stopping.abort()
      alarm.stop()
      await working
      const hurry = setTimeout(() => hurrying.abort(), patienceMs)
      await Promise.all(sending.keys())
      clearTimeout(hurry)
    },
  }
}
