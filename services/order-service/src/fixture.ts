import { type Database, type Fixture, newId } from '@prognetwork/shared-infrastructure'
import type { Carts } from './carts/carts.ts'
import type { CheckoutDesk } from './checkout/checkout.ts'
import { insertCreditNote } from './credit-notes/credit-notes.store.ts'
import type { createFulfilments } from './fulfilments/fulfilments.ts'
import type { createPromotions } from './promotions/promotions.ts'
import type { createReturnRequests } from './returns/return-requests.ts'
import type { createShipping } from './shipping/shipping.ts'
import type { createTaxes } from './taxes/taxes.ts'

/** A cart with something in it, and two that were ordered and paid for: one sent in part, one returned. */
export function createFixture(parts: {
  readonly db: Database
  readonly carts: Carts
  readonly checkout: CheckoutDesk
  readonly fulfilments: ReturnType<typeof createFulfilments>
  readonly requests: ReturnType<typeof createReturnRequests>
  readonly promotions: ReturnType<typeof createPromotions>
  readonly shipping: ReturnType<typeof createShipping>
  readonly taxes: ReturnType<typeof createTaxes>
}): Fixture {
  const { db, carts, checkout, fulfilments, requests, promotions, shipping, taxes } = parts
  return async (ctx, { marker, made }) => {
    const variantId = made.variant?.[0]
    if (variantId === undefined) throw new Error('there is nothing to put into a cart')
    const free = { amountMinor: 0, currency: 'EUR' }
    const method = await shipping.create(ctx, {
      body: { name: `${marker} mail`, countries: null, price: free, freeFromMinor: null },
    })
    const code = `${marker.toUpperCase().replaceAll(/[^A-Z0-9]/g, '-')}-CODE`.slice(-40)
    const promotion = await promotions.create(ctx, {
      body: {
        ...{ name: `${marker} sale`, code, reduction: { kind: 'percent', basisPoints: 100 } },
        ...{ productIds: null, minimum: null, startsAt: null, endsAt: null, limit: 100 },
        ...{ limitPerCustomer: null, combinable: true },
      },
    })
    await taxes.set(ctx, {
      body: {
        items: [
          {
            ...{ country: 'DE', region: null, taxClass: 'standard' },
            ...{ name: `${marker} tax`, basisPoints: 0, included: true },
          },
        ],
      },
    })
    const filled = async () => {
      const { id: cartId } = await carts.create(ctx, { body: { currency: 'EUR' } })
      await carts.set(ctx, { params: { cartId, variantId }, body: { quantity: 2 } })
      return cartId
    }
    const open = await filled()
    const ordered = await filled()
    for (const cartId of [open, ordered]) await carts.addCoupon(ctx, { params: { cartId, code } })
    const buy = (cartId: string) =>
      checkout.checkOut(ctx, {
        body: {
          cartId,
          shippingMethodId: method.id,
          email: `${marker.toLowerCase()}@example.com`,
          shippingAddress: {
            name: `${marker} name`,
            lines: [`${marker} street`],
            city: `${marker} city`,
            ...{ postalCode: null, region: null, country: 'DE' },
          },
          paymentMethod: 'sandbox_4242424242424242_1290',
        },
      })
    const order = await buy(ordered)
    const whole = await buy(await filled())
    await fulfilments.ship(ctx, {
      params: { orderId: whole.id },
      body: { carrier: `${marker} mail`, number: '2' },
    })
    const returned = await requests.request(ctx, {
      params: { orderId: whole.id },
      body: { id: newId(), lines: [{ variantId, quantity: 1 }], reason: `${marker} reason` },
    })
    const sent = await fulfilments.create(ctx, {
      params: { orderId: order.id },
      body: {
        ...{ id: newId(), carrier: `${marker} mail`, number: '1' },
        lines: [{ variantId, quantity: 1 }],
      },
    })
    await db.batch(ctx, [insertCreditNote(order.id, newId(), null, 100, '[]', '[]', ctx.now)])
    return {
      ...{ cart: open, order: order.id, fulfilment: sent.id, order_return: returned.id },
      ...{ promotion: promotion.id, shipping_method: method.id },
    }
  }
}
