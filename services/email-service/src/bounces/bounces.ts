// Mails that come back, or are said to have arrived.
import type { Context, Statement } from '@prognetwork/contracts'
import {
  emailBounced,
  emailComplained,
  type emailContract,
  emailDelivered,
  reportUnknown,
  reportUnreadable,
  signatureWrong,
} from '@prognetwork/contracts/email'
import {
  type Database,
  type EventPublisher,
  type Handlers,
  newId,
  type PlatformDoor,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { childOf } from '@prognetwork/shared-infrastructure/telemetry'
import { aboutMessage } from '../messages/about-message.ts'
import { findMessage, insertNote, type Message } from '../messages/messages.store.ts'
import type { Suppressions } from '../suppressions/suppressions.ts'
import { shownAnswer } from '../transports/transport.ts'
import { type DeliveryReport, readReport } from './delivery-report.ts'
import { readSendgridEvents, sendgridVerifier } from './sendgrid-events.ts'

type EmailHandlers = Handlers<typeof emailContract>

/** A mail comes back once, and what came back did not arrive; nothing else changes what it is. */
const become = statement<
  { id: string },
  [id: string, state: 'delivered' | 'bounced' | 'complained', error: string | null]
>(
  'message.become',
  `update message set state = $2, error = $3
   where id = $1 and (state = 'sent' or (state = 'delivered' and $2 <> 'delivered')) returning id`,
)

/** What became of a mail after it was sent. */
type Outcome = Pick<DeliveryReport, 'diagnosis'> & {
  readonly kind: DeliveryReport['kind'] | 'complained'
  readonly status: string | null
}

const states = {
  hard: 'bounced',
  soft: 'bounced',
  delivered: 'delivered',
  complained: 'complained',
} as const
const reason = 'a mail provider tells of a mail'

export function createBounces(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly suppressions: Suppressions
  readonly sendgridEventKey: string | undefined
}) {
  const { db, platform, events, suppressions, sendgridEventKey } = parts
  const verify = sendgridVerifier(sendgridEventKey)

  async function keep(ctx: Context, message: Message, outcome: Outcome): Promise<void> {
    const { kind, status, diagnosis = '' } = outcome
    const state = states[kind]
    const detail = shownAnswer(`${status ?? ''} ${diagnosis}`) || null
    const error = state === 'bounced' ? detail : null
    const inTrace = { ...ctx, trace: childOf(message.trace) }
    await db.transaction(inTrace, async (tx) => {
      const [changed] = await tx.run(become(message.id, state, error))
      if (!changed) return
      await tx.run(insertNote(message.id, newId(), state, ctx.now, detail))
      const isLast = kind === 'hard' || kind === 'complained'
      if (isLast && message.recipient !== null)
        await tx.run(
          suppressions.suppress(ctx, message.recipient, kind === 'hard' ? 'bounced' : 'complained'),
        )
      await tx.run(await told(inTrace, message, outcome))
    })
  }

  function told(ctx: Context, message: Message, { kind, status }: Outcome): Promise<Statement> {
    const about = aboutMessage(message)
    if (kind === 'delivered') return events.put(ctx, emailDelivered, about)
    if (kind === 'complained') return events.put(ctx, emailComplained, about)
    return events.put(ctx, emailBounced, { ...about, kind, status })
  }

  const report: EmailHandlers['reportBounce'] = async (ctx, { body }) => {
    const read = await readReport(await whole(body))
    if (!read) throw new Problem(reportUnreadable, 'Hand on the report as it arrived')
    const [id = ''] = read.messageId.split('@', 1)
    const [message] = uuid.test(id) ? await db.read(ctx, findMessage(id)) : []
    // Whoever makes a report up would have to know the mail and whom it was to.
    const isOurs = message && (read.recipient ?? message.recipient) === message.recipient
    if (!isOurs) throw new Problem(reportUnknown, 'Its Message-ID is not that of a mail from here')
    await keep(ctx, message, read)
    return { messageId: message.id, kind: read.kind, status: read.status }
  }

  /** Told again until it is answered, so what is unknown here is passed over. */
  const hear: EmailHandlers['hearSendgrid'] = async (ctx, { headers, body }) => {
    const raw = await whole(body)
    const signature = headers['x-twilio-email-event-webhook-signature'] ?? ''
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'] ?? ''
    if (!verify(signature, timestamp, raw))
      throw new Problem(signatureWrong, 'Set the key that SendGrid shows beside its webhook')
    const told = readSendgridEvents(raw)
    if (!told) throw new Problem(reportUnreadable, 'It is no list of events')
    let heard = 0
    for (const { tenantId, messageId, ...outcome } of told) {
      const inTenant = platform.enter(ctx, tenantId, reason)
      const [message] = await db.read(inTenant, findMessage(messageId))
      if (!message) continue
      await keep(inTenant, message, outcome)
      heard += 1
    }
    return { heard }
  }

  return { handlers: { reportBounce: report, hearSendgrid: hear } }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
