import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { id } from '../shapes.ts'

// What became of a mail, in the trace of what caused it. No address stands in them: who may see
// whom it was to reads the message.
const aboutMessage = z.object({
  messageId: id('message'),
  template: z.string().nullable(),
  orderId: id('order').nullable(),
  accountId: id('account').nullable(),
})
const example = {
  messageId: examples.id(30),
  template: 'order_placed',
  orderId: examples.id(15),
  accountId: examples.id(),
}
const told = <const Type extends string>(type: Type) =>
  event(type, 1, aboutMessage, { key: 'messageId', example })

/** Taken by whoever carries it on. */
export const emailSent = told('email.sent')
/** Said to have arrived in the mailbox. */
export const emailDelivered = told('email.delivered')
/** Looked at for the first time, as far as can be known. */
export const emailOpened = told('email.opened')
/** Called spam by whom it was to. */
export const emailComplained = told('email.complained')

export const emailClicked = event(
  'email.clicked',
  1,
  /** Which of the links, counted from 0: followed for the first time. */
  aboutMessage.extend({ link: z.int() }),
  { key: 'messageId', example: { ...example, link: 0 } },
)

/** Came back; `hard` means that nothing will ever arrive there. */
export const emailBounced = event(
  'email.bounced',
  1,
  aboutMessage.extend({ kind: z.enum(['hard', 'soft']), status: z.string().nullable() }),
  { key: 'messageId', example: { ...example, kind: 'hard', status: '5.1.1' } },
)

/** Refused, or given up after many attempts. */
export const emailFailed = event(
  'email.failed',
  1,
  aboutMessage.extend({ reason: z.enum(['refused', 'unreachable', 'unwritable']) }),
  { key: 'messageId', example: { ...example, reason: 'refused' } },
)
