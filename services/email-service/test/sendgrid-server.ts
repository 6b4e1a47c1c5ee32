// A server that takes mails as SendGrid documents it, and refuses what SendGrid would refuse
// (https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send).
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { type Arrived, type Behaviour, type Counterpart, openGate } from './counterpart.ts'

const person = z.strictObject({ email: z.email(), name: z.string().optional() })

const mailSend = z.strictObject({
  personalizations: z
    .array(
      z.strictObject({
        to: z.array(person).min(1).max(1_000),
        custom_args: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
  from: person,
  reply_to: person.optional(),
  subject: z.string().min(1),
  /** text/plain comes first, then text/html. */
  content: z.union([
    z.tuple([z.strictObject({ type: z.literal('text/plain'), value: z.string().min(1) })]),
    z.tuple([
      z.strictObject({ type: z.literal('text/plain'), value: z.string().min(1) }),
      z.strictObject({ type: z.literal('text/html'), value: z.string().min(1) }),
    ]),
  ]),
  attachments: z
    .array(
      z.strictObject({
        content: z.base64(),
        type: z.string(),
        filename: z.string(),
        disposition: z.enum(['inline', 'attachment']),
      }),
    )
    .optional(),
  headers: z.record(z.string(), z.string()).optional(),
  tracking_settings: z
    .strictObject({
      click_tracking: z.strictObject({ enable: z.boolean(), enable_text: z.boolean() }),
      open_tracking: z.strictObject({ enable: z.boolean() }),
    })
    .optional(),
})

export interface SendgridServer extends Counterpart {
  readonly url: string
}

export async function startSendgridServer(key: string): Promise<SendgridServer> {
  const arrived: Arrived[] = []
  let behaviour: Behaviour = 'accept'
  const gate = openGate()
  const server = createServer(async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = (status: number, body: object | undefined, headers = {}) =>
      reply.writeHead(status, headers).end(body && JSON.stringify(body))
    const errors = (message: string) => ({ errors: [{ message, field: null, help: null }] })
    if (behaviour === 'hang') await gate.opened
    if (request.method !== 'POST' || request.url !== '/v3/mail/send')
      return answer(404, errors('not found'))
    if (request.headers.authorization !== `Bearer ${key}`)
      return answer(401, errors('The provided authorization grant is invalid'))
    if (behaviour === 'defer') return answer(429, errors('too many requests'))
    if (behaviour === 'refuse') return answer(400, errors('The to address is not valid'))
    const parsed = mailSend.safeParse(JSON.parse(Buffer.concat(chunks).toString()))
    if (!parsed.success) return answer(400, errors(z.prettifyError(parsed.error)))
    arrived.push(arrivedOf(parsed.data))
    return answer(202, undefined, { 'x-message-id': `sg-${arrived.length}` })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived: () => arrived,
    behave: (next) => {
      behaviour = next
    },
    async stop() {
      gate.open()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function arrivedOf(mail: z.output<typeof mailSend>): Arrived {
  const [text, html] = mail.content
  return {
    to: mail.personalizations[0]?.to[0]?.email ?? '',
    from: `${mail.from.name} <${mail.from.email}>`,
    replyTo: mail.reply_to?.email,
    subject: mail.subject,
    text: text.value,
    html: html?.value,
    messageId: mail.headers?.['Message-ID'] ?? '',
    attachments: (mail.attachments ?? []).map(({ filename, content }) => ({
      ...{ filename, content: Buffer.from(content, 'base64').toString() },
    })),
  }
}
