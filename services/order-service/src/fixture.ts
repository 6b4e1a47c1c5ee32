import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { Carts } from './carts/carts.ts'
import type { CheckoutDesk } from './checkout/checkout.ts'

/** A cart with something in it, and another that was ordered and paid for. */
export function createFixture(parts: {
  readonly carts: Carts
  readonly checkout: CheckoutDesk
}): Fixture {
  const { carts, checkout } = parts
  return async (ctx, { marker, made }) => {
    const variantId = made.variant?.[0]
    if (variantId === undefined) throw new Error('there is nothing to put into a cart')
    const filled = async () => {
      const { id: cartId } = await carts.create(ctx, { body: { currency: 'EUR' } })
      await carts.set(ctx, { params: { cartId, variantId }, body: { quantity: 1 } })
      return cartId
    }
    const open = await filled()
    const order = await checkout.checkOut(ctx, {
      body: {
        cartId: await filled(),
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
    return { cart: open, order: order.id }
  }
}
