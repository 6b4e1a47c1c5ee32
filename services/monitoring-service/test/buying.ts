// Somebody buys something in a shop.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import type { TestShop } from '@prognetwork/testing'

const { checkOut, createCart, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations

interface Bought {
  readonly orderId: string
  readonly traceId: string
}

/** An order of two things that is paid for, and the trace in which it came to be. */
export async function buy(
  { staff, shopper }: TestShop,
  card = '4242424242424242',
): Promise<Bought> {
  const product = await staff.call(createProduct, {
    body: {
      title: `Thing ${randomUUID()}`,
      status: 'active',
      variants: [{ onHand: 10, prices: [{ amountMinor: 1_000, currency: 'EUR' }] }],
    },
  })
  const [variant] = product.body.variants
  if (!variant) throw new Error('a product without variants')
  const cart = await shopper.call(createCart, { body: { currency: 'EUR' } })
  await shopper.call(setCartLine, {
    params: { cartId: cart.body.id, variantId: variant.id },
    body: { quantity: 2 },
  })
  const { status, body, headers } = await shopper.call(checkOut, {
    body: {
      cartId: cart.body.id,
      email: 'ada@example.com',
      shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
      paymentMethod: `sandbox_${card}_1290`,
    },
  })
  if (status !== 201) throw new Error(`nothing was ordered: ${JSON.stringify(body)}`)
  return { orderId: body.id, traceId: String(headers['prog-trace-id']) }
}
