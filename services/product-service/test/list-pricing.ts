// Prices of a shop, in every place that tells one.
import type { CallInput } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import type { TestClient, TestPlatform, TestShop } from '@prognetwork/testing'
import { expect } from 'vitest'

const {
  createPriceList,
  createProduct,
  listProducts,
  readProduct,
  searchProducts,
  setGroupMember,
  setListedPrices,
} = productContract.operations
const { createCart, readCart, setCartLine } = orderContract.operations
const { signIn, signUp, verifyEmail } = userContract.operations

export const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
type Price = ReturnType<typeof euro> & { compareAtMinor?: number }
type Terms = Partial<CallInput<typeof createPriceList>['body']>
interface Made {
  readonly id: string
  readonly vendor: string
  readonly variantIds: readonly string[]
}

export function createPricing(platform: TestPlatform, shop: TestShop) {
  let count = 0

  /** A customer of the shop, in a group. */
  async function join(groupId: string): Promise<TestClient> {
    const [email, password] = [`reseller-${++count}@example.com`, 'a fine and private place']
    await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Reseller' } })
    const token = await platform.mailedToken(email)
    const { body } = await shop.shopper.call(verifyEmail, { body: { token, password } })
    const put = await shop.staff.call(setGroupMember, {
      params: { accountId: body.accountId },
      body: { groupId },
    })
    expect(put.status, JSON.stringify(put.body)).toBe(200)
    const session = await shop.shopper.call(signIn, { body: { email, password } })
    return shop.shopper.as(session.body.accessToken)
  }

  /** A product of its own vendor, by whom lists find it; a variant for each list of prices. */
  async function make(...prices: (readonly Price[])[]): Promise<Made> {
    const vendor = `Vendor ${++count}`
    const { status, body } = await shop.staff.call(createProduct, {
      body: {
        ...{ title: `Thing ${count}`, vendor, status: 'active', options: ['Size'] },
        variants: prices.map((own, at) => ({
          optionValues: [`${at}`],
          onHand: 5,
          prices: [...own],
        })),
      },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    return { id: body.id, vendor, variantIds: body.variants.map((one) => one.id) }
  }

  async function listed(
    terms: Terms,
    ...prices: [variantId: string | undefined, amount: number][]
  ) {
    const { status, body } = await shop.staff.call(createPriceList, {
      body: { name: `List ${++count}`, state: 'active', ...terms },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    const set = await shop.staff.call(setListedPrices, {
      params: { priceListId: body.id },
      body: {
        items: prices.map(([variantId = '', amount]) => ({ variantId, prices: [euro(amount)] })),
      },
    })
    expect(set.status, JSON.stringify(set.body)).toBe(200)
    return set.body
  }

  /** The lowest price of a product in every place that tells one, with what stands beside it. */
  async function told(client: TestClient, { id, vendor, variantIds }: Made, currency = 'EUR') {
    const query = { vendor, currency }
    const cards = [
      (await client.call(listProducts, { query })).body.items[0],
      (await client.call(listProducts, { query: { ...query, sort: 'price' } })).body.items[0],
      (await client.call(searchProducts, { query })).body.items[0],
    ]
    const shown = await client.call(readProduct, { query: {}, params: { product: id } })
    const prices = shown.body.variants.map((one) => one.prices.find((p) => p.currency === currency))
    const cart = (await client.call(createCart, { body: { currency } })).body.id
    for (const variantId of variantIds)
      await client.call(setCartLine, { params: { cartId: cart, variantId }, body: { quantity: 1 } })
    const { lines } = (await client.call(readCart, { query: {}, params: { cartId: cart } })).body
    return {
      cards: cards.map(
        (card) => card?.price && [card.price.from.amountMinor, card.price.compareAtMinor],
      ),
      prices: prices.map((price) => price && [price.amountMinor, price.compareAtMinor]),
      cart: variantIds.map(
        (id) => lines.find((line) => line.variantId === id)?.unitPrice?.amountMinor,
      ),
    }
  }

  /** That a product of one variant costs so much everywhere. */
  async function expectPrice(
    client: TestClient,
    made: Made,
    amount: number,
    before: number | null,
  ) {
    const { cards, prices, cart } = await told(client, made)
    const price = [amount, before]
    expect(cards).toEqual([price, price, price])
    expect(prices).toEqual([price])
    expect(cart).toEqual([amount])
  }

  return { join, make, listed, told, expectPrice }
}

export type Pricing = ReturnType<typeof createPricing>
