import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { changeProduct, createCategory, createProduct, readRecommendations } =
  productContract.operations
const { checkOut, createCart, setCartLine } = orderContract.operations

let platform: TestPlatform
beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

async function make(shop: TestShop, title: string, more: object = {}) {
  const { status, body } = await shop.staff.call(createProduct, {
    body: {
      title,
      status: 'active',
      variants: [{ onHand: 100, prices: [{ amountMinor: 1_000, currency: 'EUR' }] }],
      ...more,
    },
  })
  expect(status).toBe(201)
  return { id: body.id, slug: body.slug, variantId: body.variants[0]?.id ?? '' }
}

type Made = Awaited<ReturnType<typeof make>>

async function buy(shop: TestShop, ...things: Made[]) {
  const { body: cart } = await shop.shopper.call(createCart, { body: { currency: 'EUR' } })
  for (const { variantId } of things)
    await shop.shopper.call(setCartLine, {
      params: { cartId: cart.id, variantId },
      body: { quantity: 1 },
    })
  const { status } = await shop.shopper.call(checkOut, {
    body: {
      ...{ cartId: cart.id, email: 'ada@example.com' },
      shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
      paymentMethod: 'sandbox_4242424242424242_1290',
    },
  })
  expect(status).toBe(201)
}

/** As if a minute had gone by, again and again. */
async function rebuild() {
  await platform.sql.query(
    `update product_service.lease set last_run_at = 'epoch' where name = 'rebuild-recommendations'`,
  )
  await platform.runJob('product-service', 'rebuild-recommendations')
}

async function recommended(shop: TestShop, product: string, query = {}) {
  const { body } = await shop.shopper.call(readRecommendations, { params: { product }, query })
  const idsOf = (cards: typeof body.similar) => cards.map((one) => one.id)
  return {
    boughtTogether: idsOf(body.boughtTogether),
    similar: idsOf(body.similar),
    popular: idsOf(body.popular),
  }
}

const become = (look: () => Promise<unknown>, expected: unknown) =>
  expect
    .poll(
      async () => {
        await rebuild()
        return look()
      },
      { timeout: 20_000, interval: 200 },
    )
    .toEqual(expected)

test('what is bought together and often is recommended, the more often the sooner', async () => {
  const shop = await platform.shop()
  const [pot, soil, spade] = [
    await make(shop, 'Pot'),
    await make(shop, 'Soil'),
    await make(shop, 'Spade'),
  ]
  expect(await recommended(shop, pot.id)).toEqual({ boughtTogether: [], similar: [], popular: [] })
  await buy(shop, pot, spade)
  await buy(shop, pot, soil)
  await buy(shop, pot, soil)
  await become(() => recommended(shop, pot.id), {
    ...{ boughtTogether: [soil.id, spade.id], similar: [] },
    popular: [soil.id, spade.id],
  })
  expect(await recommended(shop, spade.slug)).toEqual({
    ...{ boughtTogether: [pot.id], similar: [] },
    popular: [pot.id, soil.id],
  })
  expect(await recommended(shop, pot.id, { limit: 1 })).toMatchObject({
    ...{ boughtTogether: [soil.id], popular: [soil.id] },
  })
  const { body } = await shop.shopper.call(readRecommendations, {
    params: { product: pot.id },
    query: {},
  })
  expect(body.boughtTogether[0]).toMatchObject({
    ...{ id: soil.id, title: 'Soil', slug: soil.slug, available: true },
    price: { from: { amountMinor: 1_000, currency: 'EUR' } },
  })

  await shop.staff.call(changeProduct, {
    params: { productId: soil.id },
    body: { version: 1, changes: { status: 'archived' } },
  })
  expect(await recommended(shop, pot.id)).toMatchObject({
    ...{ boughtTogether: [spade.id], popular: [spade.id] },
  })
})

test('what shares categories, words, type or vendor is similar, the closest first', async () => {
  const shop = await platform.shop()
  const category = async (name: string) =>
    (await shop.staff.call(createCategory, { body: { name } })).body.id
  const [pots, tools] = [await category('Pots'), await category('Tools')]
  const clay = await make(shop, 'Large clay pot', { categoryIds: [pots], vendor: 'Babbage' })
  const small = await make(shop, 'Small clay pot', { categoryIds: [pots], vendor: 'Babbage' })
  const vase = await make(shop, 'Vase', { categoryIds: [pots] })
  const hammer = await make(shop, 'Hammer', { categoryIds: [tools], vendor: 'Babbage' })
  const saw = await make(shop, 'Saw', { categoryIds: [tools] })
  await become(
    async () => (await recommended(shop, clay.id)).similar,
    [small.id, vase.id, hammer.id],
  )
  expect((await recommended(shop, saw.id)).similar).toEqual([hammer.id])
  await shop.staff.call(changeProduct, {
    params: { productId: vase.id },
    body: { version: 1, changes: { categoryIds: [tools] } },
  })
  await become(async () => (await recommended(shop, clay.id)).similar, [small.id, hammer.id])
  expect((await recommended(shop, saw.id)).similar).toContain(vase.id)
})

test('an order is counted once, and of what was bought later more is thought', async () => {
  const shop = await platform.shop()
  const [pot, soil, spade] = [
    await make(shop, 'Pot'),
    await make(shop, 'Soil'),
    await make(shop, 'Spade'),
  ]
  await buy(shop, pot, soil)
  await buy(shop, pot, soil)
  const uncounted = async () =>
    (
      await platform.sql.query(
        `select (select count(*)::int from product_service.reservation
             where tenant_id = $1 and state = 'committed') as sold,
           (select count(*)::int from product_service.uncounted_sale where tenant_id = $1) as waiting`,
        [shop.id],
      )
    ).rows[0]
  await become(uncounted, { sold: 2, waiting: 0 })
  const scores = async () =>
    (
      await platform.sql.query(
        `select score from product_service.product_pair where product_id = $1 and other_id = $2`,
        [pot.id, soil.id],
      )
    ).rows
  const before = await scores()
  await rebuild()
  expect(await scores()).toEqual(before)
  platform.clock.advance(60 * 24 * 60 * 60_000)
  await buy(shop, pot, spade)
  await become(async () => (await recommended(shop, pot.id)).boughtTogether, [spade.id, soil.id])
})

test('nothing is recommended with what is not on sale, or in another shop', async () => {
  const [shop, other] = [await platform.shop(), await platform.shop()]
  const pot = await make(shop, 'Pot')
  const draft = await make(shop, 'Draft', { status: 'draft' })
  for (const [where, product] of [
    [shop, draft.id],
    [shop, randomUUID()],
    [shop, 'no-such-thing'],
    [other, pot.id],
    [other, pot.slug],
  ] as const) {
    const answer = await where.shopper.call(readRecommendations, { params: { product }, query: {} })
    expect(answer.problem.code).toBe('product.product_missing')
  }
})
