import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { checkOut, createCart, readCart, readOrder, removeCartLine, setCartLine, takeCart } =
  orderContract.operations
const { listTestCards, answerChallenge, readBalances } = paymentContract.operations
const { changeProduct, createProduct, readStock } = productContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

const stockOf = async (variantId: string) =>
  (await shop.staff.call(readStock, { params: { variantId } })).body

describe('a cart', () => {
  test('shows the prices of now, and what is not to be had', async () => {
    const variantId = await shopping.variant({ onHand: 2, amountMinor: 1_250 })
    const { body: cart } = await shop.shopper.call(createCart, { body: {} })
    const nothing = { cartId: cart.id, variantId: randomUUID() }
    const unknown = await shop.shopper.call(setCartLine, {
      params: nothing,
      body: { quantity: 1 },
    })
    expect(unknown.problem.code).toBe('order.goods_unavailable')
    expect(cart).toMatchObject({ state: 'open', currency: 'EUR', lines: [] })
    const params = { cartId: cart.id, variantId }
    const filled = await shop.shopper.call(setCartLine, { params, body: { quantity: 2 } })
    expect(filled.body.total).toEqual({ amountMinor: 2_500, currency: 'EUR' })
    const more = await shop.shopper.call(setCartLine, { params, body: { quantity: 3 } })
    expect(more.body.lines[0]?.available).toBe(false)
    expect(more.body.total.amountMinor).toBe(0)
    expect((await shop.shopper.call(removeCartLine, { params })).status).toBe(204)
    const empty = await shop.shopper.call(readCart, { query: {}, params: { cartId: cart.id } })
    expect(empty.body.lines).toEqual([])
  })

  test('says what in it is not on sale any more, which has to go before it is ordered', async () => {
    const [kept, variantId] = [await shopping.variant(), await shopping.variant()]
    const cartId = await shopping.cart([
      [kept, 1],
      [variantId, 2],
    ])
    const { rows } = await platform.sql.query(
      'select product_id as id from product_service.variant where id = $1',
      [variantId],
    )
    await shop.staff.call(changeProduct, {
      params: { productId: rows[0].id },
      body: { version: 1, changes: { status: 'archived' } },
    })
    const { body } = await shop.shopper.call(readCart, { query: {}, params: { cartId } })
    expect([body.lines.map((line) => line.variantId), body.gone]).toEqual([[kept], [variantId]])
    expect((await shopping.checkOut(cartId)).problem.code).toBe('order.goods_unavailable')
    await shop.shopper.call(removeCartLine, { params: { cartId, variantId } })
    expect((await shopping.checkOut(cartId)).status).toBe(201)
  })

  test('calls things as the reader does, and so does the order', async () => {
    const { body: made } = await shop.staff.call(createProduct, {
      body: {
        ...{ title: 'Clay pot', status: 'active', options: ['Size'] },
        translations: [
          {
            ...{ locale: 'de', title: 'Tontopf' },
            terms: [
              { term: 'Large', text: 'Groß' },
              { term: 'Huge', text: 'Riesig' },
            ],
          },
          { locale: 'de-AT', title: 'Tonhäferl', terms: [{ term: 'Huge', text: 'Mordstrumm' }] },
        ],
        variants: ['Large', 'Huge', 'Small'].map((size) => ({
          ...{ optionValues: [size], onHand: 9 },
          prices: [{ amountMinor: 100, currency: 'EUR' }],
        })),
      },
    })
    const names = (lines: readonly { title: string; optionValues: readonly string[] }[]) =>
      lines.map(({ title, optionValues }) => [title, ...optionValues].join(' ')).sort()
    for (const [locale, called] of [
      ['de-AT', ['Tonhäferl Groß', 'Tonhäferl Mordstrumm', 'Tonhäferl Small']],
      ['de-CH', ['Tontopf Groß', 'Tontopf Riesig', 'Tontopf Small']],
      ['fr', ['Clay pot Huge', 'Clay pot Large', 'Clay pot Small']],
    ] as const) {
      const cartId = await shopping.cart(made.variants.map(({ id }) => [id, 1]))
      const cart = await shop.shopper.call(readCart, { params: { cartId }, query: { locale } })
      expect(names(cart.body.lines)).toEqual(called)
      const body = { ...shopping.form(cartId), locale }
      const order = await shop.shopper.call(checkOut, { body })
      expect(order.status, JSON.stringify(order.body)).toBe(201)
      expect(names(order.body.lines)).toEqual(called)
    }
  })

  test('of a guest becomes that of the customer who signs in, with what they had', async () => {
    const customer = await shopping.customer()
    const [one, two] = [await shopping.variant(), await shopping.variant()]
    const earlier = await shopping.cart([[one, 1]], customer)
    const guests = await shopping.cart([
      [one, 3],
      [two, 1],
    ])
    const taken = await customer.call(takeCart, { params: { cartId: guests } })
    expect(taken.body.lines.map((line) => [line.variantId, line.quantity]).sort()).toEqual(
      [
        [one, 3],
        [two, 1],
      ].sort(),
    )
    const read = (cartId: string, client = shop.shopper) =>
      client.call(readCart, { query: {}, params: { cartId } })
    expect((await read(earlier, customer)).problem.code).toBe('order.cart_missing')
    expect((await read(guests)).problem.code).toBe('order.cart_missing')
    expect((await shop.shopper.call(takeCart, { params: { cartId: guests } })).status).toBe(401)
  })

  test('that is taken twice takes in one earlier cart, not another', async () => {
    const customer = await shopping.customer()
    for (const onHand of [1, 2])
      await shopping.cart([[await shopping.variant({ onHand }), 1]], customer)
    const cartId = await shopping.cart([])
    const take = () => customer.call(takeCart, { params: { cartId } })
    const [first, again] = [await take(), await take()]
    expect([first.body.lines, again.body.lines].map((lines) => lines.length)).toEqual([1, 1])
  })

  test('holds two hundred things at the most', async () => {
    const cartId = await shopping.cart([])
    await platform.sql.query(
      `insert into order_service.cart_line (tenant_id, cart_id, variant_id, quantity, added_at)
       select $1, $2, gen_random_uuid(), 1, now() from generate_series(1, 200)`,
      [shop.id, cartId],
    )
    const params = { cartId, variantId: await shopping.variant() }
    const { problem } = await shop.shopper.call(setCartLine, { params, body: { quantity: 1 } })
    expect(problem.code).toBe('order.cart_full')
    const customer = await shopping.customer()
    await shopping.cart([[await shopping.variant(), 1]], customer)
    const taken = await customer.call(takeCart, { params: { cartId } })
    expect(taken.problem.code).toBe('order.cart_full')
  })
})

describe('a checkout', () => {
  test('makes an order that is paid, and takes the goods', async () => {
    const variantId = await shopping.variant({ onHand: 5, amountMinor: 1_999 })
    const { status, body: order } = await shopping.buy([[variantId, 2]])
    expect(status).toBe(201)
    expect(order).toMatchObject({
      state: 'paid',
      accountId: null,
      total: { amountMinor: 3_998, currency: 'EUR' },
      lines: [{ variantId, quantity: 2, unitPrice: { amountMinor: 1_999 } }],
    })
    expect(order.reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/)
    await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 3, reserved: 0 })
    const told = await platform.sql.query(
      `select type from every_event where tenant_id = $1 and data::jsonb ->> 'orderId' = $2
       order by seq`,
      [shop.id, order.id],
    )
    await expect
      .poll(async () => told.rows.map((row) => row.type))
      .toEqual(expect.arrayContaining(['stock.reserved', 'payment.captured', 'order.placed']))
  })

  test('that is asked for again answers the same order', async () => {
    const cartId = await shopping.cart([[await shopping.variant(), 1]])
    const first = await shopping.checkOut(cartId)
    const again = await shopping.checkOut(cartId)
    expect([again.status, again.body]).toEqual([201, first.body])
    const line = { params: { cartId, variantId: await shopping.variant() } }
    const put = await shop.shopper.call(setCartLine, { ...line, body: { quantity: 1 } })
    expect(put.problem.code).toBe('order.cart_closed')
    const customer = await shopping.customer()
    const taken = await customer.call(takeCart, { params: { cartId } })
    expect(taken.problem.code).toBe('order.cart_closed')
    expect((await shop.shopper.call(removeCartLine, line)).problem.code).toBe('order.cart_closed')
  })

  test('that is asked for many times at once makes one order', async () => {
    const variantId = await shopping.variant({ onHand: 50 })
    const cartId = await shopping.cart([[variantId, 1]])
    const answers = await Promise.all(Array.from({ length: 10 }, () => shopping.checkOut(cartId)))
    const orders = new Set(answers.flatMap((one) => (one.status === 201 ? [one.body.id] : [])))
    expect(orders.size).toBe(1)
    for (const one of answers)
      if (one.status !== 201) expect(one.problem.code).toBe('order.checkout_under_way')
    await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 49, reserved: 0 })
  })

  test.each([
    ['4000000000000002', 'card_declined'],
    ['4000000000009995', 'insufficient_funds'],
  ])('whose card %s is refused makes no order and holds nothing', async (number, code) => {
    const variantId = await shopping.variant({ onHand: 3 })
    const cartId = await shopping.cart([[variantId, 2]])
    const refused = await shopping.checkOut(cartId, { number })
    expect(refused.problem.code).toBe('order.payment_failed')
    expect(refused.problem.errors?.[0]?.detail).toBe(code)
    expect(await stockOf(variantId)).toMatchObject({ onHand: 3, reserved: 0 })
    const other = await shopping.checkOut(cartId)
    expect(other.body.state).toBe('paid')
  })

  test('of more than there is is refused, and says of what', async () => {
    const variantId = await shopping.variant({ onHand: 1 })
    const { problem } = await shopping.buy([[variantId, 2]])
    expect(problem.code).toBe('order.goods_unavailable')
    expect(problem.errors?.[0]).toMatchObject({ expected: 'at most 1' })
  })

  test('comes to what was shown, or to nothing', async () => {
    const variantId = await shopping.variant({ onHand: 2, amountMinor: 1_000 })
    const cartId = await shopping.cart([[variantId, 2]])
    const order = (expectedTotal: { amountMinor: number; currency: string }) =>
      shop.shopper.call(checkOut, { body: { ...shopping.form(cartId), expectedTotal } })
    for (const wrong of [
      { amountMinor: 1_999, currency: 'EUR' },
      { amountMinor: 2_000, currency: 'USD' },
    ]) {
      const { problem } = await order(wrong)
      expect(problem).toMatchObject({
        code: 'order.total_changed',
        errors: [{ pointer: '/body/expectedTotal', expected: '2000 EUR' }],
      })
    }
    expect(await stockOf(variantId)).toMatchObject({ onHand: 2, reserved: 0 })
    const { status, body } = await order({ amountMinor: 2_000, currency: 'EUR' })
    expect([status, body.total.amountMinor]).toEqual([201, 2_000])
  })

  test('of nothing, or of a cart that is not there, is refused', async () => {
    expect((await shopping.buy([])).problem.code).toBe('order.cart_empty')
    expect((await shopping.checkOut(randomUUID())).problem.code).toBe('order.cart_missing')
    const params = { cartId: randomUUID(), variantId: randomUUID() }
    const put = await shop.shopper.call(setCartLine, { params, body: { quantity: 1 } })
    expect(put.problem.code).toBe('order.cart_missing')
    const odd = await shopping.checkOut(await shopping.cart([[await shopping.variant(), 1]]), {
      number: '1',
    })
    expect(odd.problem.code).toBe('order.payment_failed')
  })

  test('of more than can be paid at once is refused, and no sum is inexact', async () => {
    const variantId = await shopping.variant({
      onHand: 1_000_000,
      amountMinor: Number.MAX_SAFE_INTEGER,
    })
    const cartId = await shopping.cart([[variantId, 1_000_000]])
    const { body } = await shop.shopper.call(readCart, { query: {}, params: { cartId } })
    expect(body.lines[0]).toMatchObject({ total: null, available: false })
    expect(body.total.amountMinor).toBe(0)
    expect((await shopping.checkOut(cartId)).problem.code).toBe('order.payment_failed')
    expect(await stockOf(variantId)).toMatchObject({ reserved: 0 })
  })

  test('of more than can be counted is refused', async () => {
    const variantId = await shopping.variant({ onHand: 1, amountMinor: 0 })
    await platform.sql.query(
      `update product_service.stock set reserved = 2147000000, policy = 'continue'
       where variant_id = $1`,
      [variantId],
    )
    const { problem } = await shopping.buy([[variantId, 1_000_000]])
    expect(problem.code).toBe('order.goods_unavailable')
  })

  test('that came to nothing keeps nothing of who it was for', async () => {
    const cartId = await shopping.cart([[await shopping.variant(), 1]])
    await shopping.checkOut(cartId, { number: '4000000000000002' })
    const { rows } = await platform.sql.query(
      'select state, input::text from order_service.checkout where cart_id = $1',
      [cartId],
    )
    expect(rows[0].state).toBe('failed')
    expect(rows[0].input).not.toMatch(/ada@example|Street|sandbox/)
  })

  test('of what costs nothing needs no payment', async () => {
    const variantId = await shopping.variant({ amountMinor: 0 })
    const { body } = await shopping.buy([[variantId, 1]])
    expect(body).toMatchObject({ state: 'paid', paymentId: null, total: { amountMinor: 0 } })
  })

  test('whose payer is asked who they are waits for the answer', async () => {
    const variantId = await shopping.variant({ onHand: 4 })
    const cartId = await shopping.cart([[variantId, 1]])
    const { body } = await shopping.checkOut(cartId, { number: '4000002500003155' })
    expect(body.state).toBe('awaiting_payment')
    const challenge = new URL(body.actionUrl ?? '').pathname.split('/').at(-1) ?? ''
    await shop.shopper.call(answerChallenge, { params: { challenge }, body: { approve: true } })
    const read = async () =>
      (await shop.staff.call(readOrder, { params: { orderId: body.id }, query: {} })).body
    await expect.poll(async () => (await read()).state).toBe('paid')
    expect((await read()).history.map((one) => one.state)).toEqual(['awaiting_payment', 'paid'])
    await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 3, reserved: 0 })
  })

  test('with every test card ends in an order or in none, and the money agrees', async () => {
    const other = await platform.shop()
    const there = createShopping(platform, other)
    const variantId = await there.variant({ onHand: 100, amountMinor: 1_000 })
    const { body: cards } = await other.shopper.call(listTestCards, {})
    const states: string[] = []
    for (const { number } of cards.items) {
      const answer = await there.checkOut(await there.cart([[variantId, 1]]), { number })
      states.push(answer.status === 201 ? answer.body.state : answer.problem.code)
    }
    const paid = states.filter((one) => one === 'paid').length
    expect(states.filter((one) => one === 'order.payment_failed')).toHaveLength(3)
    expect(states.filter((one) => one === 'awaiting_payment')).toHaveLength(3)
    const { body } = await other.staff.call(readBalances, {})
    expect(body.items.find((one) => one.account === 'sales')?.creditsMinor).toBe(paid * 1_000)
  })
})

describe('stock of three and twelve buyers at once', () => {
  test('is three orders, every time', async () => {
    for (let round = 0; round < 10; round++) {
      const variantId = await shopping.variant({ onHand: 3 })
      const carts = await Promise.all(
        Array.from({ length: 12 }, () => shopping.cart([[variantId, 1]])),
      )
      const answers = await Promise.all(carts.map((cartId) => shopping.checkOut(cartId)))
      expect(answers.filter((one) => one.status === 201)).toHaveLength(3)
      await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 0, reserved: 0 })
    }
  })
})

test('another shop knows neither cart nor order', async () => {
  const cartId = await shopping.cart([[await shopping.variant(), 1]])
  const other = await platform.shop()
  expect((await other.shopper.call(readCart, { query: {}, params: { cartId } })).status).toBe(404)
  const body = shopping.form(cartId)
  expect((await other.shopper.call(checkOut, { body })).problem.code).toBe('order.cart_missing')
})
