// One attempt to send one mail: it is written if that was not done yet, handed on, and what came of
// it is kept and told.
import type { Context, Statement } from '@prognetwork/contracts'
import { emailFailed, emailSent } from '@prognetwork/contracts/email'
import {
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

export function createAttempt(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly realTime: RealTime
  readonly orderMails: OrderMails
  readonly suppressions: Suppressions
  readonly transport: Transport
}): Attempt {
  const { db, events, realTime, orderMails, suppressions, transport } = parts

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
    const [[kept]] = await db.batch(ctx, [
      writeMessage(
        ...([id, lease, mail.recipient, fromName, fromAddress, replyTo, subject] as const),
        ...([body, html, links, templateVersion] as const),
      ),
    ])
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

  async function told(ctx: Context, message: Message, end: End): Promise<Statement[]> {
    const about = aboutMessage(message)
    if (end.state === 'sent') return [await events.put(ctx, emailSent, about)]
    if (end.state !== 'failed') return []
    return [await events.put(ctx, emailFailed, { ...about, reason: end.reason })]
  }

  /** What came of it, unless somebody else has the mail by now. */
  async function keep(
    ctx: Context,
    message: DueMessage,
    lease: string,
    end: End,
    retryMs: number | undefined,
  ): Promise<void> {
    const { id } = message
    const answer = 'answer' in end ? end.answer : null
    const now = realTime.now()
    await db.transaction(ctx, async (tx) => {
      const [kept] = await tx.run(
        settle(
          ...([id, lease, end.state === 'deferred' ? 'queued' : end.state] as const),
          end.state === 'sent' ? null : answer,
          ('providerId' in end && end.providerId) || null,
          end.state === 'sent' ? now : null,
          retryMs === undefined ? null : realTime.now(retryMs),
          ...([newId(), end.state, now, answer] as const),
        ),
      )
      if (kept) await tx.batch(await told(ctx, message, end))
    })
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
    await keep(ctx, message, lease, end, retryMs)
    return retryMs
  }
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
