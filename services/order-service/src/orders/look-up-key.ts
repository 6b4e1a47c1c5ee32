import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from '@prognetwork/contracts'
import type { KeyRing } from '@prognetwork/shared-infrastructure'

/** Keys that show one order of one shop to whoever has them: `<order id>.<signature>`. */
export function createLookUpKeys(keyRing: KeyRing) {
  const secret = keyRing.deriveKey('order-look-up')
  const keyOf = ({ scope }: Context, orderId: string): string => {
    const signature = createHmac('sha256', secret).update(`${scope.tenantId}/${orderId}`)
    return `${orderId}.${signature.digest('base64url')}`
  }
  return {
    keyOf,
    /** The order of a key; undefined when it is none of this shop. */
    orderOf(ctx: Context, key: string): string | undefined {
      const [orderId = ''] = key.split('.', 1)
      if (!/^[0-9a-f-]{36}$/.test(orderId)) return undefined
      const [given, right] = [Buffer.from(key), Buffer.from(keyOf(ctx, orderId))]
      return given.length === right.length && timingSafeEqual(given, right) ? orderId : undefined
    },
  }
}

export type LookUpKeys = ReturnType<typeof createLookUpKeys>
