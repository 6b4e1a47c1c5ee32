// Mails that come back, or are said to have arrived.
import type { Statement } from '@prognetwork/contracts'
import {
  emailBounced,
  type emailContract,
  emailDelivered,
  reportUnknown,
  reportUnreadable,
} from '@prognetwork/contracts/email'
import {
  type Database,
  type EventPublisher,
  type Handlers,
  newId,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { childOf } from '@prognetwork/shared-infrastructure/telemetry'
import { aboutMessage } from '../messages/about-message.ts'
import { findMessage, insertNote, type Message } from '../messages/messages.store.ts'
import type { Suppressions } from '../suppressions/suppressions.ts'
import { shownAnswer } from '../transports/transport.ts'
import { type DeliveryReport, readReport } from './delivery-report.ts'

type EmailHandlers = Handlers<typeof emailContract>

/** A mail comes back once, and what came back did not arrive; nothing else changes what it is. */
const become = statement<
  { id: string },
  [id: string, state: 'delivered' | 'bounced', error: string | null]
>(
  'message.become',
  `update message set state = $2, error = $3
   where id = $1 and (state = 'sent' or (state = 'delivered' and $2 = 'bounced')) returning id`,
)

export function createBounces(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly suppressions: Suppressions
}) {
  const { db, events, suppressions } = parts

  const report: EmailHandlers['reportBounce'] = async (ctx, { body }) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    const read = await readReport(Buffer.concat(chunks))
    if (!read) throw new Problem(reportUnreadable, 'Hand on the report as it arrived')
    const [id = ''] = read.messageId.split('@', 1)
    const [message] = uuid.test(id) ? await db.read(ctx, findMessage(id)) : []
    // Whoever makes a report up would have to know the mail and whom it was to.
    const isOurs = message && (read.recipient ?? message.recipient) === message.recipient
    if (!isOurs) throw new Problem(reportUnknown, 'Its Message-ID is not that of a mail from here')
    const { kind, status } = read
    const answer = { messageId: message.id, kind, status }
    const state = kind === 'delivered' ? 'delivered' : 'bounced'
    const detail = shownAnswer(`${status} ${read.diagnosis ?? ''}`)
    const inTrace = { ...ctx, trace: childOf(message.trace) }
    await db.transaction(inTrace, async (tx) => {
      const error = kind === 'delivered' ? null : detail
      const [changed] = await tx.run(become(message.id, state, error))
      if (!changed) return
      const at = ctx.now
      await tx.batch([
        insertNote(message.id, newId(), state, at, detail),
        ...(kind === 'hard' && message.recipient !== null
          ? [suppressions.suppress(ctx, message.recipient, 'bounced')]
          : []),
        await told(inTrace, message, read),
      ])
    })
    return answer
  }

  function told(
    ctx: Parameters<EventPublisher['put']>[0],
    message: Message,
    { kind, status }: DeliveryReport,
  ): Promise<Statement> {
    const about = aboutMessage(message)
    return kind === 'delivered'
      ? events.put(ctx, emailDelivered, about)
      : events.put(ctx, emailBounced, { ...about, kind, status })
  }

  return { handlers: { reportBounce: report } }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
