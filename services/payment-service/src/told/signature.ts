// How webhooks are signed, by Stripe and by the sandbox alike: over the moment and the bytes as they
// came (https://docs.stripe.com/webhooks#verify-manually).
import { createHmac, timingSafeEqual } from 'node:crypto'

/** How far its moment may be from ours, so that what was overheard is of no use for long. */
const toleranceSeconds = 300

export function signatureOf(body: Uint8Array, secret: string, atSeconds: number): string {
  return `t=${atSeconds},v1=${digestOf(body, secret, atSeconds).toString('hex')}`
}

/** While a secret is changed there are several signatures; one has to be right. */
export function isSigned(
  body: Uint8Array,
  signature: string,
  { secret, nowSeconds }: { readonly secret: string; readonly nowSeconds: number },
): boolean {
  const parts = signature.split(',').map((part) => part.split('=', 2))
  const at = Number(parts.find(([name]) => name === 't')?.[1])
  if (!(Math.abs(nowSeconds - at) <= toleranceSeconds)) return false
  const right = digestOf(body, secret, at)
  return parts.some(([name, value = '']) => {
    const given = Buffer.from(name === 'v1' ? value : '', 'hex')
    return given.length === right.length && timingSafeEqual(given, right)
  })
}

function digestOf(body: Uint8Array, secret: string, atSeconds: number): Buffer {
  return createHmac('sha256', secret).update(`${atSeconds}.`).update(body).digest()
}
