import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id } from '../shapes.ts'

export const reportUnreadable = problem(
  'unprocessable',
  'email.report_unreadable',
  'It is no report about a mail that was not delivered (RFC 3464)',
)
export const reportUnknown = problem(
  'missing',
  'email.report_unknown',
  'The report is about no mail of this tenant',
)

const report = [
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.com',
  '',
  'Final-Recipient: rfc822; ada@example.com',
  'Action: failed',
  'Status: 5.1.1',
  '',
  '--b',
  'Content-Type: text/rfc822-headers',
  '',
  `Message-ID: <${examples.id(30)}@mail.invalid>`,
  '',
  '--b--',
  '',
].join('\r\n')

/** For the mailbox that mails come back to: its server hands on what arrives there. */
export const reportBounce = operation('POST', '/v1/mail-bounces', {
  summary: 'A mail came back: the report about it, as it arrived',
  auth: { permission: 'email:bounce:create' },
  upload: 'message/rfc822',
  reply: {
    200: z.object({
      messageId: id('message'),
      /** `hard`: nothing will arrive there, and nothing more is sent there. */
      kind: z.enum(['hard', 'soft', 'delivered']),
      status: z.string(),
    }),
  },
  problems: [reportUnreadable, reportUnknown],
  example: {
    body: report,
    reply: { messageId: examples.id(30), kind: 'hard', status: '5.1.1' },
  },
})

export const signatureWrong = problem(
  'forbidden',
  'email.signature_wrong',
  'The events are not signed by the mail provider that is configured',
)

/** The signature covers the time and the body, as they came (ECDSA with SHA-256). */
export const hearSendgrid = operation('POST', '/v1/sendgrid-events', {
  summary: "What SendGrid's event webhook tells: mails that arrived, came back or were called spam",
  auth: { public: true },
  rate: 'bulk',
  headers: z.object({
    'x-twilio-email-event-webhook-signature': z.string().max(200).optional(),
    'x-twilio-email-event-webhook-timestamp': z.string().max(40).optional(),
  }),
  upload: 'application/json',
  reply: { 200: z.object({ heard: z.int() }) },
  problems: [signatureWrong, reportUnreadable],
  example: { body: '[]', reply: { heard: 0 } },
})
