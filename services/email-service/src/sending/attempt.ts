// One attempt to send one mail: it is written if that was not done yet, handed on, and what came of
// it is kept and told.
import type { Context } from '@prognetwork/contracts'
import { emailFailed, emailSent } from '@prognetwork/contracts/email'
import type { Publication } from '@prognetwork/event-based-service-client'
import {
  createLots,
  type Database,
  type EventPublisher,
  newId,
  Problem,
  type RealTime,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { aboutMessage } from '../messages/about-message.ts'
import { listAttachments, type Message } from '../messages/messages.store.ts'
import { outgoingOf } from '../messages/mime.ts'
import type { OrderMails } from '../messages/order-mails.ts'
import { Unrenderable } from '../rendering/rendering.ts'
import type { Suppressions } from '../suppressions/suppressions.ts'
import { shownAnswer, type Transport } from '../transports/transport.ts'
import { type DueMessage, giveBack, settle, writeMessage } from './queue.store.ts'
import { delayAfter } from './retries.ts'

/** Answers after how long it is tried again; undefined when that is not needed. */
export type Attempt = (
  ctx: Context,
  message: DueMessage,
  lease: string,
  signal: AbortSignal,
) => Promise<number | undefined>

type FailureReason = 'refused' | 'unreachable' | 'unwritable'
type End =
  | { readonly state: 'sent'; readonly answer: string; readonly providerId?: string }
  | { readonly state: 'suppressed' }
  | { readonly state: 'failed'; readonly answer: string; readonly reason: FailureReason }
  | { readonly state: 'deferred'; readonly answer: string; readonly reason: FailureReason }

/** What waits a moment for others to be kept with. */
type Writing = ReturnType<typeof writeMessage>
interface Settling {
  readonly settle: ReturnType<typeof settle>
  readonly told: readonly Publication[]
}

const gatherMs = 5
const lotSize = 32

export function createAttempt(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly realTime: RealTime
  readonly orderMails: OrderMails
  readonly suppressions: Suppressions
  readonly transport: Transport
}): Attempt {
  const { db, events, realTime, orderMails, suppressions, transport } = parts
  const inLots = { gatherMs, shareOf: () => 1 / lotSize }

  const keepWritten = createLots<Writing, { isSuppressed: boolean } | undefined>({
    ...inLots,
    work: async (ctx, writings) => (await db.batch(ctx, writings)).map(([kept]) => kept),
  })

  /** What came of them, except of those that somebody else has by now. */
  const keepEnd = createLots<Settling, undefined>({
    ...inLots,
    work: (ctx, settlings) =>
      db.transaction(ctx, async (tx) => {
        const kept = await tx.batch(settlings.map((one) => one.settle))
        const told = settlings.flatMap((one, at) => (kept[at]?.length ? one.told : []))
        if (told.length > 0) await tx.run(await events.putEach(told))
        return settlings.map(() => undefined)
      }),
  })

  /** With what it says; undefined when somebody else has it by now, or it was erased. */
  async function written(
    ctx: Context,
    message: DueMessage,
    lease: string,
  ): Promise<{ whole: Message; isSuppressed: boolean } | undefined> {
    const { id, orderId, recipient } = message
    if (recipient !== null)
      return { whole: message, isSuppressed: await suppressions.isSuppressed(ctx, recipient) }
    if (orderId === null) return undefined
    const mail = await orderMails.write(ctx, { ...message, orderId })
    const { fromName, fromAddress, replyTo, subject, body, html, links, templateVersion } = mail
    const kept = await keepWritten(
      ctx,
      writeMessage(
        ...([id, lease, mail.recipient, fromName, fromAddress, replyTo, subject] as const),
        ...([body, html, links, templateVersion] as const),
      ),
    )
    return kept && { whole: { ...message, ...mail }, ...kept }
  }

  async function send(
    ctx: Context,
    message: DueMessage,
    lease: string,
    signal: AbortSignal,
  ): Promise<End | undefined> {
    const made = await written(ctx, message, lease)
    if (!made) return undefined
    if (made.isSuppressed) return { state: 'suppressed' }
    // What is written of an order has none.
    const attachments =
      message.orderId === null ? await db.read(ctx, listAttachments(message.id)) : []
    const mail = outgoingOf(message.tenantId, made.whole, attachments)
    if (!mail) return undefined
    const { outcome, ...answered } = await transport.send(mail, signal)
    if (outcome === 'sent') return { state: 'sent', ...answered }
    return outcome === 'deferred'
      ? { state: 'deferred', reason: 'unreachable', ...answered }
      : { state: 'failed', reason: 'refused', ...answered }
  }

  function told(ctx: Context, message: Message, end: End): Publication[] {
    const about = aboutMessage(message)
    if (end.state === 'sent') return [{ ctx, event: emailSent, data: about }]
    if (end.state !== 'failed') return []
    return [{ ctx, event: emailFailed, data: { ...about, reason: end.reason } }]
  }

  return async (ctx, message, lease, signal) => {
    let end: End | undefined
    try {
      end = await send(ctx, message, lease, signal)
    } catch (error) {
      if (signal.aborted) {
        await db.batch(ctx, [giveBack(message.id, lease, realTime.now())])
        return undefined
      }
      end = failureOf(error)
      ctx.log.warn({ error, messageId: message.id }, 'A mail could not be written')
    }
    if (!end) return undefined
    const retryMs = end.state === 'deferred' ? delayAfter(message.attempts + 1) : undefined
    if (end.state === 'deferred' && retryMs === undefined) end = { ...end, state: 'failed' }
    const dueAt = retryMs === undefined ? null : realTime.now(retryMs)
    await keepEnd(ctx, {
      settle: settlementOf(message.id, lease, end, realTime.now(), dueAt),
      told: told(ctx, message, end),
    })
    return retryMs
  }
}

function settlementOf(
  id: string,
  lease: string,
  end: End,
  at: string,
  dueAt: string | null,
): ReturnType<typeof settle> {
  const answer = 'answer' in end ? end.answer : null
  const isSent = end.state === 'sent'
  return settle(
    ...([id, lease, end.state === 'deferred' ? 'queued' : end.state] as const),
    isSent ? null : answer,
    ('providerId' in end && end.providerId) || null,
    ...([isSent ? at : null, dueAt, newId(), end.state, at, answer] as const),
  )
}

/** Who cannot be asked may be asked later, and a machine that is busy may be less so. */
function failureOf(error: unknown): End {
  const reason = 'unwritable'
  if (error instanceof Unavailable)
    return { state: 'deferred', reason, answer: 'What it says could not be asked for' }
  if (error instanceof Unrenderable)
    return { state: 'deferred', reason, answer: shownAnswer(error.message) }
  if (error instanceof Problem)
    return { state: 'failed', reason, answer: shownAnswer(error.message) }
  throw error
}
