// To SendGrid's Mail Send API v3 (https://www.twilio.com/docs/sendgrid/api-reference/mail-send).
import { Agent, request } from 'undici'
import { messageIdOf, type OutgoingMail } from '../messages/mime.ts'
import { fewAtOnce, type Handing, shownAnswer, type Transport } from './transport.ts'

export function createSendgrid(options: {
  readonly url: string
  readonly key: string
  readonly timeoutMs: number
}): Transport {
  const { url, key, timeoutMs } = options
  const agent = new Agent({ connections: 16, connectTimeout: timeoutMs })
  return {
    name: 'sendgrid',
    atOncePerTenant: fewAtOnce,
    async send(mail, signal) {
      try {
        const { statusCode, headers, body } = await request(new URL('/v3/mail/send', url), {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(requestOf(mail)),
          dispatcher: agent,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        })
        return judged(statusCode, headers['x-message-id'], await body.text())
      } catch (error) {
        signal.throwIfAborted()
        const why = error instanceof Error ? error.message : 'no answer'
        return { outcome: 'deferred', answer: shownAnswer(`SendGrid cannot be reached: ${why}`) }
      }
    },
    close: () => agent.close(),
  }
}

/** `custom_args` come back with every event that SendGrid tells of the mail. */
function requestOf(mail: OutgoingMail): object {
  const { id, tenantId, to, from, replyTo, subject, text, html, attachments } = mail
  return {
    personalizations: [{ to: [{ email: to }], custom_args: { message: id, tenant: tenantId } }],
    from: { email: from.address, name: from.name },
    ...(replyTo !== null && { reply_to: { email: replyTo } }),
    subject,
    content: [
      { type: 'text/plain', value: text },
      ...(html === null ? [] : [{ type: 'text/html', value: html }]),
    ],
    ...(attachments.length > 0 && {
      attachments: attachments.map(({ filename, mediaType, content }) => ({
        ...{ content: content.toString('base64'), type: mediaType, filename },
        disposition: 'attachment',
      })),
    }),
    headers: { 'Message-ID': messageIdOf(mail) },
    // Opens and links are counted here.
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
    },
  }
}

/**
 * A mail that cannot be sent as it is is answered with 400 or 413; everything else, such as a key
 * that is not good any more, is for the operator to mend, and no fault of the mail.
 */
function judged(status: number, messageId: string | string[] | undefined, body: string): Handing {
  if (status >= 200 && status < 300) {
    const answer = `SendGrid took it: ${status}`
    return typeof messageId === 'string'
      ? { outcome: 'sent', answer, providerId: messageId }
      : { outcome: 'sent', answer }
  }
  const answer = shownAnswer(`SendGrid answered ${status}: ${body}`)
  return { outcome: status === 400 || status === 413 ? 'refused' : 'deferred', answer }
}
