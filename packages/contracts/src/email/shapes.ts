import { z } from 'zod'
import { examples } from '../examples.ts'
import { id, text, timestamp } from '../shapes.ts'

/** What stands in a header of a mail: one line, or it could begin another header. */
export const headerText = (minLength: number, maxLength: number) =>
  text(minLength, maxLength).regex(/^[^\r\n\t]*$/, {
    error: 'Invalid string: must be one line',
  })

/**
 * `sent` was taken by whoever carries it on, `delivered` is said to have arrived. `bounced` came
 * back, `complained` was called spam, `failed` was refused or given up, `suppressed` was not sent
 * because of what came of mails before.
 */
export const messageState = z.enum([
  'queued',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'failed',
  'suppressed',
])

export type MessageState = z.output<typeof messageState>

/** What is noted of a mail: how it went on, and what was done with it. */
export const noteKind = z.enum([
  ...messageState.options,
  /** It is tried again. */
  'deferred',
  'opened',
  'clicked',
  'erased',
])

export type NoteKind = z.output<typeof noteKind>

export const templateName = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/)

export const message = z.object({
  id: id('message'),
  state: messageState,
  /** Null until it is written, and when whom it was to has been erased. */
  to: z.string().nullable(),
  from: z.string().nullable(),
  subject: z.string().nullable(),
  /** Version 0 is the platform's own. */
  template: z.object({ name: z.string(), version: z.int() }).nullable(),
  orderId: id('order').nullable(),
  accountId: id('account').nullable(),
  /** The event that it is about; null for one that was asked for. */
  eventId: z.uuid().nullable(),
  /** Of what caused it. */
  traceId: z.string(),
  opens: z.int(),
  clicks: z.int(),
  /** Why it was not sent, or came back. */
  error: z.string().nullable(),
  createdAt: timestamp,
  sentAt: timestamp.nullable(),
})
export const exampleMessage = {
  id: examples.id(30),
  state: 'sent',
  to: examples.email,
  from: 'Lovelace Looms <no-reply@example.com>',
  subject: 'Your order 7F3K2Q9D',
  template: { name: 'order_placed', version: 0 },
  orderId: examples.id(15),
  accountId: examples.id(),
  eventId: examples.id(31),
  traceId: examples.traceId,
  opens: 1,
  clicks: 0,
  error: null,
  createdAt: examples.time,
  sentAt: examples.time,
} as const
