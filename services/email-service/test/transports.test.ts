import { expect, test } from 'vitest'
import { emailKeys } from '../src/configuration.ts'
import { createCapture } from '../src/transports/capture.ts'
import { openTransport } from '../src/transports/open-transport.ts'
import { createSendgrid } from '../src/transports/sendgrid.ts'
import { createSmtp } from '../src/transports/smtp.ts'
import type { Arrived } from './counterpart.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { startSendgridServer } from './sendgrid-server.ts'
import { conformance, newMail, timeoutMs } from './transport-conformance.ts'

const nobody = '127.0.0.1:9'
const never = new AbortController().signal

function arrivedAt({ received }: MailServer): readonly Arrived[] {
  return received.map((mail) => ({
    to: mail.to?.[0]?.address ?? '',
    from: `${mail.from?.name} <${mail.from?.address}>`,
    replyTo: mail.replyTo?.[0]?.address,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html,
    messageId: mail.messageId ?? '',
    attachments: mail.attachments.map(({ filename, content }) => ({
      filename: filename ?? '',
      content:
        typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString(),
    })),
  }))
}

conformance('smtp', async () => {
  const server = await startMailServer({ password: 'secret' })
  return {
    counterpart: { ...server, arrived: () => arrivedAt(server) },
    transport: createSmtp({ url: server.url, timeoutMs }),
    alone: createSmtp({ url: `smtp://${nobody}`, timeoutMs }),
  }
})

conformance('sendgrid', async () => {
  const key = 'SG.key'
  const server = await startSendgridServer(key)
  return {
    counterpart: server,
    transport: createSendgrid({ url: server.url, key, timeoutMs }),
    alone: createSendgrid({ url: `http://${nobody}`, key, timeoutMs }),
  }
})

test('a credential that is not good is no fault of the mail, and is shown to nobody', async () => {
  const server = await startMailServer({ password: 'secret' })
  const wrong = createSmtp({ url: server.url.replace('secret', 'guessed'), timeoutMs })
  const bySmtp = await wrong.send(newMail(), never)
  const other = await startSendgridServer('SG.key')
  const options = { url: other.url, key: 'SG.guessed', timeoutMs }
  const sendgrid = createSendgrid(options)
  const byHttp = await sendgrid.send(newMail(), never)
  for (const one of [bySmtp, byHttp]) {
    expect(one.outcome).toBe('deferred')
    expect(one.answer).not.toContain('guessed')
  }
  await Promise.all([wrong.close(), sendgrid.close(), server.stop(), other.stop()])
})

test('a mail server whose certificate nobody has signed is told nothing', async () => {
  const server = await startMailServer({ isEncrypted: true })
  const smtp = createSmtp({ url: server.url, timeoutMs })
  const handing = await smtp.send(newMail(), never)
  expect(handing).toMatchObject({
    outcome: 'deferred',
    answer: expect.stringMatching(/certificate/),
  })
  expect(server.received).toEqual([])
  const trusting = createSmtp({ url: `${server.url}?tls.rejectUnauthorized=false`, timeoutMs })
  expect((await trusting.send(newMail(), never)).outcome).toBe('sent')
  await Promise.all([smtp.close(), trusting.close(), server.stop()])
})

test('capture takes every mail and keeps it to itself', async () => {
  expect(await createCapture().send(newMail(), never)).toMatchObject({ outcome: 'sent' })
})

test('a transport without what it needs does not start, and says which key it is', () => {
  const open = (keys: object) => () => openTransport(emailKeys.parse(keys))
  expect(open({ transport: 'smtp' })).toThrow('EMAIL_SERVICE_SMTP_URL')
  expect(open({ transport: 'sendgrid' })).toThrow('EMAIL_SERVICE_SENDGRID_KEY')
  expect(open({})().name).toBe('capture')
})
