import type { Event, EventTypes } from './event.ts'

/** A request as a server got it. */
export interface WebhookRequest {
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** As it came, before it was parsed. */
  readonly body: string
}

const toleranceSeconds = 300
const prefix = 'whsec_'

/**
 * The event of a webhook (https://www.standardwebhooks.com) once its signature and its age were
 * checked; several secrets may be good while they are changed. Rejects with what is wrong. The same
 * event may come more than once: its id says so.
 */
export async function readWebhook<Types extends EventTypes = Record<string, unknown>>(
  { headers, body }: WebhookRequest,
  secrets: string | readonly string[],
  nowMs = Date.now(),
): Promise<Event<Types>> {
  const id = single(headers, 'webhook-id')
  const timestamp = single(headers, 'webhook-timestamp')
  const signatures = single(headers, 'webhook-signature')
  const ageSeconds = Math.abs(nowMs / 1_000 - Number(timestamp))
  if (!(ageSeconds <= toleranceSeconds))
    throw new Error(`webhook-timestamp must be within ${toleranceSeconds} seconds of now`)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const given = signatures
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => bytesOf(one.slice(3)))
  for (const secret of [secrets].flat()) {
    const key = await keyOf(secret)
    // Compares in a time that says nothing of where they differ.
    for (const signature of given)
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return JSON.parse(body)
  }
  throw new Error('webhook-signature was not made with this secret')
}

function single(headers: WebhookRequest['headers'], name: string): string {
  const value = headers[name]
  if (typeof value === 'string') return value
  throw new Error(`${name} must be there once`)
}

function keyOf(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  if (!secret.startsWith(prefix)) throw new Error(`The secret must begin with ${prefix}`)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = bytesOf(secret.slice(prefix.length))
  return crypto.subtle.importKey('raw', key, algorithm, false, ['verify'])
}

/** Of base64; nothing for what is none. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
