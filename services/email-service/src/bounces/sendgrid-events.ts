// What SendGrid's event webhook tells, and whether it is SendGrid that tells it
// (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event).
import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'

/** `message` and `tenant` are those that were given along with the mail. */
const event = z.object({
  event: z.string(),
  message: z.uuid(),
  tenant: z.uuid(),
  type: z.string().optional(),
  status: z.string().optional(),
  reason: z.string().optional(),
})

interface Told {
  readonly tenantId: string
  readonly messageId: string
  readonly kind: 'delivered' | 'hard' | 'soft' | 'complained'
  readonly status: string | null
  readonly diagnosis: string
}

/** ECDSA with SHA-256 over the time and the body; nothing is believed where there is no key. */
export function sendgridVerifier(publicKey: string | undefined) {
  const key =
    publicKey === undefined
      ? undefined
      : createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  return (signature: string, timestamp: string, body: Buffer): boolean => {
    const signed = Buffer.concat([Buffer.from(timestamp), body])
    return key !== undefined && verify('sha256', signed, key, Buffer.from(signature, 'base64'))
  }
}

/** Those that say what became of a mail from here; undefined where it is no list. */
export function readSendgridEvents(body: Buffer): Told[] | undefined {
  let list: unknown
  try {
    list = JSON.parse(body.toString())
  } catch {
    return undefined
  }
  if (!Array.isArray(list)) return undefined
  return list.flatMap((one) => {
    const { data } = event.safeParse(one)
    const kind = data && kindOf(data)
    if (!kind) return []
    const { tenant: tenantId, message: messageId, status = null, reason: diagnosis = '' } = data
    return [{ tenantId, messageId, kind, status, diagnosis }]
  })
}

function kindOf({ event: name, type }: z.output<typeof event>): Told['kind'] | undefined {
  if (name === 'delivered') return 'delivered'
  if (name === 'spamreport') return 'complained'
  if (name === 'bounce') return type === 'blocked' ? 'soft' : 'hard'
  return undefined
}
