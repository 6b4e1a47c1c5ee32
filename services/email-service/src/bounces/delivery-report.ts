// Reads a report about a mail (RFC 3464): which mail, to whom, and what became of it.
import PostalMime from 'postal-mime'

export interface DeliveryReport {
  /** Of the mail that it is about. */
  readonly messageId: string
  readonly recipient: string | undefined
  readonly kind: 'hard' | 'soft' | 'delivered'
  /** RFC 3463: its first digit says whether it is for good. */
  readonly status: string
  readonly diagnosis: string | undefined
}

/** Undefined where it is none, or does not say which mail it is about. */
export async function readReport(raw: Uint8Array): Promise<DeliveryReport | undefined> {
  const { attachments } = await PostalMime.parse(raw, { forceRfc822Attachments: true })
  const partOf = (...types: string[]) => {
    const content = attachments.find(({ mimeType }) => types.includes(mimeType))?.content
    if (content === undefined || typeof content === 'string') return content
    return Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content)).toString()
  }
  const about = partOf('text/rfc822-headers', 'message/rfc822', 'message/rfc822-headers')
  const messageId = /^message-id:\s*<([^>\s]+)>/im.exec(unfolded(about))?.[1]
  // The first group of fields is about the report, each other one about a recipient.
  const [, ...recipients] = unfolded(partOf('message/delivery-status')).split(/\n\s*\n/)
  const [fields = ''] = recipients.filter((one) => /^action:/im.test(one))
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(fields)?.[1]?.trim()
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field('status') ?? '')?.[0]
  const action = field('action')?.toLowerCase()
  if (messageId === undefined || status === undefined || action === undefined) return undefined
  const kind = kindOf(action, status)
  const recipient = field('final-recipient')?.split(';').at(-1)?.trim().toLowerCase()
  const diagnosis = field('diagnostic-code')?.replace(/^[^;]*;\s*/, '')
  return kind && { messageId, recipient, kind, status, diagnosis }
}

/** 5.2.2 is a mailbox that is full, 5.7 a refusal of what was said: neither ends the address. */
function kindOf(action: string, status: string): DeliveryReport['kind'] | undefined {
  if (action === 'delivered') return 'delivered'
  if (action !== 'failed') return undefined
  const isHard = status.startsWith('5.') && status !== '5.2.2' && !status.startsWith('5.7.')
  return isHard ? 'hard' : 'soft'
}

/** Lines end alike, and a field is one line (RFC 5322, 2.2.3). */
function unfolded(text = ''): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/\n[ \t]+/g, ' ')
}
