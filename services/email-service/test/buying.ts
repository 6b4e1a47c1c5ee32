// Somebody who buys something, and the mails that come of it.
import { randomUUID } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import type { TestClient, TestPlatform, TestShop } from '@prognetwork/testing'
import { expect } from 'vitest'

const { checkOut, createCart, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations
const { signIn, signUp, verifyEmail } = userContract.operations
const { listMessages, readMessage } = emailContract.operations

const password = 'a difference engine'

export const newAddress = () => `buyer-${randomUUID()}@example.com`

export function createBuying(platform: TestPlatform, shop: TestShop) {
  async function buy({
    email = newAddress(),
    client = shop.shopper,
    title = `Clay pot ${randomUUID()}`,
    number = '4242424242424242',
  } = {}) {
    const product = await shop.staff.call(createProduct, {
      body: {
        title,
        status: 'active',
        variants: [{ onHand: 10, prices: [{ amountMinor: 1_599, currency: 'EUR' }] }],
      },
    })
    const variantId = product.body.variants[0]?.id ?? ''
    const cart = await client.call(createCart, { body: { currency: 'EUR' } })
    const params = { cartId: cart.body.id, variantId }
    await client.call(setCartLine, { params, body: { quantity: 2 } })
    const { status, body } = await client.call(checkOut, {
      body: {
        cartId: cart.body.id,
        email,
        shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: `sandbox_${number}_1290`,
      },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }

  const mailsOf = async (orderId: string) =>
    (await shop.staff.call(listMessages, { query: { orderId } })).body.items

  return {
    buy,
    mailsOf,

    /** The mails of an order by their templates, once so many are sent. */
    async sent(orderId: string, count: number) {
      await expect
        .poll(async () => (await mailsOf(orderId)).map(({ state }) => state))
        .toEqual(Array.from({ length: count }, () => 'sent'))
      const mails = await mailsOf(orderId)
      return new Map(mails.map((one) => [one.template?.name ?? '', one]))
    },

    async read(messageId: string) {
      const { status, body } = await shop.staff.call(readMessage, { params: { messageId } })
      expect(status, JSON.stringify(body)).toBe(200)
      return body
    },

    /** A customer of the shop, signed in there. */
    async customer(): Promise<{ client: TestClient; accountId: string; email: string }> {
      const email = newAddress()
      await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Customer' } })
      const token = await platform.mailedToken(email)
      const verified = await shop.shopper.call(verifyEmail, { body: { token, password } })
      const { body } = await shop.shopper.call(signIn, { body: { email, password } })
      const { accountId } = verified.body
      return { client: shop.shopper.as(body.accessToken), accountId, email }
    },
  }
}

export type Buying = ReturnType<typeof createBuying>
