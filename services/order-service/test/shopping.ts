// A shop to buy in, and somebody who buys there.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import type { TestClient, TestPlatform, TestShop } from '@prognetwork/testing'

const { checkOut, createCart, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations
const { signIn, signUp, verifyEmail } = userContract.operations

const password = 'a difference engine'
const good = '4242424242424242'

export function createShopping(platform: TestPlatform, shop: TestShop) {
  /** Something on sale. */
  async function variant({
    onHand = 10,
    amountMinor = 1_000,
    title = `Thing ${randomUUID()}`,
  } = {}): Promise<string> {
    const { body } = await shop.staff.call(createProduct, {
      body: {
        title,
        status: 'active',
        variants: [{ onHand, prices: [{ amountMinor, currency: 'EUR' }] }],
      },
    })
    const [first] = body.variants
    if (!first) throw new Error('a product without variants')
    return first.id
  }

  async function cart(
    lines: readonly (readonly [variantId: string, quantity: number])[],
    client: TestClient = shop.shopper,
  ): Promise<string> {
    const { body } = await client.call(createCart, { body: { currency: 'EUR' } })
    for (const [variantId, quantity] of lines) await put(body.id, variantId, quantity, client)
    return body.id
  }

  async function put(cartId: string, variantId: string, quantity = 1, client = shop.shopper) {
    await client.call(setCartLine, { params: { cartId, variantId }, body: { quantity } })
  }

  const form = (cartId: string, number = good) => ({
    cartId,
    email: 'ada@example.com',
    shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
    paymentMethod: `sandbox_${number}_1290`,
  })

  const pay = (cartId: string, { number = good, client = shop.shopper } = {}) =>
    client.call(checkOut, { body: form(cartId, number) })

  return {
    variant,
    cart,
    put,
    form,
    checkOut: pay,
    buy: async (lines: Parameters<typeof cart>[0], client = shop.shopper) =>
      pay(await cart(lines, client), { client }),

    /** A customer of the shop, signed in there. */
    async customer(): Promise<TestClient> {
      const email = `customer-${randomUUID()}@example.com`
      await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Customer' } })
      const token = await platform.mailedToken(email)
      await shop.shopper.call(verifyEmail, { body: { token, password } })
      const { body } = await shop.shopper.call(signIn, { body: { email, password } })
      return shop.shopper.as(body.accessToken)
    },
  }
}

export type Shopping = ReturnType<typeof createShopping>
