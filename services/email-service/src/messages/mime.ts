// A mail as it travels (RFC 5322), the same at every attempt: whoever gets it twice can tell.
import type { Attachment, Message } from './messages.store.ts'

/** A mail with all that is needed to send it. */
export interface OutgoingMail {
  readonly id: string
  readonly tenantId: string
  readonly to: string
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly Attachment[]
  readonly createdAt: string
}

/** What is written and not erased; undefined for any other. */
export function outgoingOf(
  tenantId: string,
  message: Message,
  attachments: readonly Attachment[],
): OutgoingMail | undefined {
  const { id, recipient: to, fromName, fromAddress, replyTo, subject, body, html } = message
  if (to === null || fromName === null || fromAddress === null || subject === null || body === null)
    return undefined
  const from = { name: fromName, address: fromAddress }
  const { createdAt } = message
  return { id, tenantId, to, from, replyTo, subject, text: body, html, attachments, createdAt }
}

/** Known again when a report about it comes back. */
export function messageIdOf({ id, from }: Pick<OutgoingMail, 'id' | 'from'>): string {
  return `<${id}@${from.address.split('@').at(-1)}>`
}

export async function sourceOf(mail: OutgoingMail): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const { id, to, from, replyTo, subject, text, html, attachments, createdAt } = mail
  return new MailComposer({
    from,
    to: { name: '', address: to },
    ...(replyTo !== null && { replyTo: { name: '', address: replyTo } }),
    ...{ subject, text, date: new Date(createdAt), messageId: messageIdOf(mail) },
    ...(html !== null && { html }),
    attachments: attachments.map(({ filename, mediaType, content }) => ({
      ...{ filename, contentType: mediaType, content },
    })),
    baseBoundary: id,
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  })
    .compile()
    .build()
}
