import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, page, pageQuery, timestamp } from '../shapes.ts'
import { senderMissing } from './senders.ts'
import {
  exampleMessage,
  headerText,
  message,
  messageState,
  noteKind,
  templateName,
} from './shapes.ts'
import { templateMissing } from './templates.ts'

export const messageMissing = problem('missing', 'email.message_missing', 'There is no such mail')
export const dataUnfit = problem(
  'unprocessable',
  'email.data_unfit',
  'The template cannot be filled in with this',
)

/** Base64 of at most 256 KiB. */
const content = z.base64().max(349_528)

const attachment = z.strictObject({
  filename: headerText(1, 200).regex(/^[^/\\]*$/),
  mediaType: z
    .string()
    .max(100)
    .regex(/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/),
  content,
})

const written = z.string().min(1).max(200_000)

/** Either of a template and its data, or as it stands. */
const toSend = z
  .strictObject({
    to: email,
    /** Without one the tenant's default, or the platform's own address. */
    senderId: id('sender').optional(),
    template: templateName.optional(),
    data: z.record(z.string().max(100), z.unknown()).optional(),
    subject: headerText(1, 200).optional(),
    text: written.optional(),
    html: written.optional(),
    attachments: z.array(attachment).max(5).default([]),
    /** Whether it is noticed that the mail is opened and its links are followed. */
    tracked: z.boolean().default(true),
  })
  .refine(
    ({ template, data, subject, text, html }) =>
      template === undefined
        ? subject !== undefined && text !== undefined && data === undefined
        : subject === undefined && text === undefined && html === undefined,
    { error: 'must hold a template, or a subject and a text', path: ['template'] },
  )

export const sendMessage = operation('POST', '/v1/messages', {
  summary: 'Send one mail to one person',
  auth: { permission: 'email:message:create' },
  idempotent: true,
  bodyLimitBytes: 2_097_152,
  body: toSend,
  /** Queued; `suppressed` where mails have come back or were called spam. */
  reply: { 202: message },
  problems: [templateMissing, senderMissing, dataUnfit],
  example: {
    body: {
      to: examples.email,
      senderId: examples.id(32),
      subject: 'Your looms are ready',
      text: 'Come and fetch them.',
      attachments: [
        { filename: 'note.txt', mediaType: 'text/plain', content: 'Q29tZSBhdCBub29uLg==' },
      ],
    },
    reply: {
      ...exampleMessage,
      ...{ state: 'queued', subject: 'Your looms are ready', template: null, opens: 0 },
      ...{ orderId: null, accountId: null, eventId: null, sentAt: null },
    },
  },
})

export const listMessages = operation('GET', '/v1/messages', {
  summary: 'Mails of the tenant, newest first',
  auth: { permission: 'email:message:read' },
  query: pageQuery.extend({
    to: email.optional(),
    orderId: id('order').optional(),
    state: messageState.optional(),
  }),
  reply: { 200: page(message) },
  example: {
    query: { orderId: examples.id(15) },
    reply: { items: [exampleMessage], next: null },
  },
})

const note = z.object({
  kind: noteKind,
  at: timestamp,
  /** What was answered, or which link. */
  detail: z.string().nullable(),
})

const whole = message.extend({
  replyTo: z.string().nullable(),
  text: z.string().nullable(),
  html: z.string().nullable(),
  /** As it travels (RFC 5322); null while it is not written. */
  source: z.string().nullable(),
  attachments: z.array(
    z.object({ filename: z.string(), mediaType: z.string(), sizeBytes: z.int() }),
  ),
  timeline: z.array(note),
})

export const readMessage = operation('GET', '/v1/messages/{messageId}', {
  summary: 'A mail as it was sent, and what became of it',
  auth: { permission: 'email:message:read' },
  params: z.strictObject({ messageId: id('message') }),
  reply: { 200: whole },
  problems: [messageMissing],
  example: {
    params: { messageId: examples.id(30) },
    reply: {
      ...exampleMessage,
      replyTo: null,
      text: 'Thank you for your order.',
      html: '<p>Thank you for your order.</p>',
      source: 'Subject: Your order 7F3K2Q9D\r\n\r\nThank you for your order.\r\n',
      attachments: [],
      timeline: [
        { kind: 'queued', at: examples.time, detail: null },
        { kind: 'sent', at: examples.time, detail: 'Kept, not sent' },
        { kind: 'opened', at: examples.time, detail: null },
      ],
    },
  },
})
