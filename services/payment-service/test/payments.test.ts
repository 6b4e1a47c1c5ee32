import { randomUUID } from 'node:crypto'
import { paymentContract } from '@prognetwork/contracts/payment'
import { newId } from '@prognetwork/shared-infrastructure'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cards } from './cards.ts'

const {
  answerChallenge,
  capturePayment,
  createPayment,
  createSandboxMethod,
  giveRefund,
  listPayments,
  listTestCards,
  listTransfers,
  readBalances,
  readOutcome,
  readPayment,
  refundPayment,
  returnPayment,
  voidPayment,
} = paymentContract.operations

const orders = callingAs('order-service')
let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orders.definitions })
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

interface Wanted {
  readonly method?: string
  readonly orderId?: string
  readonly amountMinor?: number
  readonly capture?: 'automatic' | 'manual'
  readonly paymentId?: string
  readonly tenantId?: string
}

function pay(wanted: Wanted = {}) {
  const { method = cards.good, orderId = randomUUID(), amountMinor = 2_500 } = wanted
  const { capture = 'automatic', tenantId = shop.id, paymentId = newId() } = wanted
  return orders.call(tenantId, createPayment, {
    params: { paymentId },
    body: { orderId, amount: { amountMinor, currency: 'EUR' }, method, capture },
  })
}

const capture = (paymentId: string, body: { amountMinor?: number } = {}) =>
  orders.call(shop.id, capturePayment, { params: { paymentId }, body })
const letGo = (paymentId: string) => orders.call(shop.id, voidPayment, { params: { paymentId } })
const giveBack = (paymentId: string, body: { amountMinor?: number } = {}) =>
  shop.staff.call(refundPayment, { params: { paymentId }, body })
const read = async (paymentId: string) =>
  (await shop.staff.call(readPayment, { params: { paymentId } })).body
const transfersOf = async (paymentId: string) => {
  const { body } = await shop.staff.call(listTransfers, { query: { paymentId } })
  return body.items.map(({ kind, debit, credit, amountMinor }) => [
    kind,
    debit,
    credit,
    amountMinor,
  ])
}

async function eventsOf(paymentId: string): Promise<string[]> {
  const { rows } = await platform.sql.query(
    'select type from every_event where tenant_id = $1 and key = $2 order by seq',
    [shop.id, paymentId],
  )
  return rows.map((row) => row.type)
}

describe('a payment', () => {
  test('is taken at once, posted, and told', async () => {
    const paid = await pay()
    expect(paid).toMatchObject({
      state: 'captured',
      capturedMinor: 2_500,
      card: { brand: 'visa', last4: '4242' },
    })
    expect(await transfersOf(paid.id)).toEqual([['capture', 'gateway.sandbox', 'sales', 2_500]])
    expect(await eventsOf(paid.id)).toEqual(['payment.captured'])
    expect(await read(paid.id)).toEqual({ ...paid, refunds: [] })
  })

  test.each([
    [cards.declined, 'card_declined'],
    [cards.poor, 'insufficient_funds'],
    [cards.old, 'expired_card'],
    [cards.good.replace('1290', '0120'), 'expired_card'],
  ])('with %s fails and says why, and moves nothing', async (method, code) => {
    const refused = await pay({ method })
    expect(refused).toMatchObject({ state: 'failed', capturedMinor: 0, failure: { code } })
    expect(await transfersOf(refused.id)).toEqual([])
    expect(await eventsOf(refused.id)).toEqual(['payment.failed'])
  })

  test('is made once under its id, and once for an order', async () => {
    const [paymentId, orderId] = [randomUUID(), randomUUID()]
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => pay({ orderId, paymentId })),
    )
    for (const one of others) expect(one).toEqual(first)
    expect(await transfersOf(paymentId)).toHaveLength(1)
    await giveBack(paymentId, { amountMinor: 100 })
    expect(await pay({ orderId, paymentId })).toMatchObject({ id: paymentId, refundedMinor: 100 })
    for (const other of [{ amountMinor: 2_501, orderId }, { orderId: randomUUID() }])
      await expect(pay({ ...other, paymentId })).rejects.toMatchObject({
        code: 'payment.payment_taken',
      })
    await expect(pay({ orderId })).rejects.toMatchObject({ code: 'payment.order_paid' })
    const racing = randomUUID()
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => pay({ orderId: racing, capture: 'manual' })),
    )
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  test('that failed makes room for another of the same order', async () => {
    const orderId = randomUUID()
    await pay({ orderId, method: cards.declined })
    expect((await pay({ orderId })).state).toBe('captured')
    const { body } = await shop.staff.call(listPayments, { query: { orderId } })
    expect(body.items.map((one) => one.state)).toEqual(['captured', 'failed'])
  })

  test('that is held is taken in part, or let go', async () => {
    const held = await pay({ capture: 'manual' })
    expect(held).toMatchObject({ state: 'authorized', capturedMinor: 0 })
    expect(await transfersOf(held.id)).toEqual([])
    await expect(capture(held.id, { amountMinor: 2_501 })).rejects.toMatchObject({
      code: 'payment.amount_exceeded',
    })
    expect(await capture(held.id, { amountMinor: 2_000 })).toMatchObject({
      state: 'captured',
      capturedMinor: 2_000,
    })
    await expect(letGo(held.id)).rejects.toMatchObject({ code: 'payment.payment_unfit' })
    await expect(capture(held.id)).rejects.toMatchObject({ code: 'payment.payment_unfit' })
    const other = await pay({ capture: 'manual' })
    expect((await letGo(other.id)).state).toBe('voided')
    expect((await letGo(other.id)).state).toBe('voided')
    expect(await eventsOf(other.id)).toEqual(['payment.authorized', 'payment.voided'])
    expect(await transfersOf(other.id)).toEqual([])
  })

  test('that is taken and let go at once is either', async () => {
    for (let round = 0; round < 5; round++) {
      const held = await pay({ capture: 'manual' })
      const ends = await Promise.allSettled([capture(held.id), letGo(held.id)])
      expect(ends.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
      const { state, capturedMinor } = await read(held.id)
      expect([state, capturedMinor]).toEqual(
        ends[0].status === 'fulfilled' ? ['captured', 2_500] : ['voided', 0],
      )
    }
  })
})

describe('a refund that has its id from elsewhere', () => {
  const give = (paymentId: string, refundId: string, atMostMinor = 1_000) =>
    orders.call(shop.id, giveRefund, {
      params: { paymentId, refundId },
      body: { atMostMinor, reason: 'It came back' },
    })

  test('is made once, however often and by how many at once it is asked for', async () => {
    const paid = await pay()
    const id = randomUUID()
    const answers = await Promise.all(Array.from({ length: 8 }, () => give(paid.id, id)))
    for (const answer of answers) expect(answer).toEqual({ amountMinor: 1_000 })
    expect(await give(paid.id, id, 2_000)).toEqual({ amountMinor: 1_000 })
    const { refundedMinor, refunds } = await read(paid.id)
    expect([refundedMinor, refunds.map((one) => one.id)]).toEqual([1_000, [id]])
    expect(await transfersOf(paid.id)).toHaveLength(2)
  })

  test('is refused where nothing was taken, and under the id of another', async () => {
    const declined = await pay({ method: cards.declined })
    const code = (of: string) => ({ code: `payment.${of}` })
    await expect(give(declined.id, randomUUID())).rejects.toMatchObject(code('payment_unfit'))
    await expect(give(randomUUID(), randomUUID())).rejects.toMatchObject(code('payment_missing'))
    const [paid, another] = [await pay(), await pay()]
    const id = randomUUID()
    await give(paid.id, id)
    await expect(give(another.id, id)).rejects.toMatchObject(code('refund_taken'))
  })
})

describe('a refund', () => {
  test('gives back a part and then the rest, and no more', async () => {
    const paid = await pay()
    const part = await giveBack(paid.id, { amountMinor: 1_000 })
    expect(part.status).toBe(201)
    expect((await giveBack(paid.id)).body.amountMinor).toBe(1_500)
    const more = await giveBack(paid.id, { amountMinor: 1 })
    expect(more.problem.code).toBe('payment.amount_exceeded')
    const after = await read(paid.id)
    expect([after.refundedMinor, after.refunds.length]).toEqual([2_500, 2])
    expect(await eventsOf(paid.id)).toEqual([
      'payment.captured',
      'payment.refunded',
      'payment.refunded',
    ])
  })

  test('that many ask for at once gives back what there is, once', async () => {
    const paid = await pay()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => giveBack(paid.id, { amountMinor: 1_000 })),
    )
    expect(answers.filter((one) => one.status === 201)).toHaveLength(2)
    expect((await read(paid.id)).refundedMinor).toBe(2_000)
  })

  test('is refused of what was never taken', async () => {
    const { id } = await pay({ method: cards.declined })
    expect((await giveBack(id)).problem.code).toBe('payment.payment_unfit')
    expect((await giveBack(randomUUID())).problem.code).toBe('payment.payment_missing')
  })
})

describe('a payer who is asked who they are', () => {
  async function asked() {
    const payment = await pay({ method: cards.asks })
    expect(payment.state).toBe('requires_action')
    return { payment, challenge: new URL(payment.actionUrl ?? '').pathname.split('/').at(-1) ?? '' }
  }
  const answer = (challenge: string, approve: boolean) =>
    shop.shopper.call(answerChallenge, { params: { challenge }, body: { approve } })

  test('and shows it pays', async () => {
    const { payment, challenge } = await asked()
    expect((await answer(challenge, true)).body).toEqual({ state: 'captured' })
    expect(await transfersOf(payment.id)).toHaveLength(1)
    expect((await answer(challenge, false)).problem.code).toBe('payment.challenge_missing')
    expect((await read(payment.id)).actionUrl).toBeNull()
  })

  test('and does not show it does not pay', async () => {
    const { payment, challenge } = await asked()
    expect((await answer(challenge, false)).body).toEqual({ state: 'failed' })
    expect((await read(payment.id)).failure?.code).toBe('authentication_failed')
  })

  test('is asked in their own shop only', async () => {
    const { challenge } = await asked()
    const elsewhere = await (await platform.shop()).shopper.call(answerChallenge, {
      params: { challenge },
      body: { approve: true },
    })
    expect(elsewhere.problem.code).toBe('payment.challenge_missing')
  })
})

describe('what a gateway knows later', () => {
  test.each([
    [cards.slow, 'captured', 1],
    [cards.slowRefusal, 'failed', 0],
  ])('is asked for until it does: %s', async (method, state, transfers) => {
    const payment = await pay({ method })
    expect(payment.state).toBe('processing')
    platform.clock.advance(10_000)
    await expect.poll(async () => (await read(payment.id)).state, { timeout: 15_000 }).toBe(state)
    expect(await transfersOf(payment.id)).toHaveLength(transfers)
    const params = { paymentId: payment.id }
    expect(await orders.call(shop.id, readOutcome, { params })).toMatchObject({ state })
  })
})

describe('the sandbox', () => {
  test('makes something to pay with of its test cards, and of no other', async () => {
    const { body } = await shop.shopper.call(listTestCards, {})
    const form = { expiryMonth: 12, expiryYear: 2_090, securityCode: '123' }
    for (const { number } of body.items) {
      const made = await shop.shopper.call(createSandboxMethod, { body: { number, ...form } })
      expect(made.status).toBe(201)
      await pay({ method: made.body.method })
    }
    const real = await shop.shopper.call(createSandboxMethod, {
      body: { number: '4111 1111 1111 1111', ...form },
    })
    expect(real.problem.code).toBe('payment.card_unknown')
    expect(JSON.stringify(real.body)).not.toContain('4111')
    await expect(pay({ method: 'sandbox_4111111111111111_1290' })).rejects.toMatchObject({
      code: 'payment.method_unknown',
    })
  })
})

test('others see nothing, and may do nothing', async () => {
  const paid = await pay()
  const other = await platform.shop()
  const params = { paymentId: paid.id }
  expect((await other.staff.call(readPayment, { params })).status).toBe(404)
  expect((await other.staff.call(refundPayment, { params, body: {} })).status).toBe(404)
  expect((await other.staff.call(readBalances, {})).body.items).toEqual([])
  const person = await platform.person()
  for (const [operation, input] of [
    [readPayment, { params }],
    [refundPayment, { params, body: {} }],
    [listPayments, { query: {} }],
    [readBalances, {}],
    [listTransfers, { query: {} }],
  ] as const) {
    const call = (client: typeof person | typeof platform.anonymous) =>
      client.call(operation, input as never)
    expect((await call(person)).status, operation.name).toBe(403)
    expect((await call(platform.anonymous)).status, operation.name).toBe(401)
  }
  for (const [operation, body] of [
    [capturePayment, {}],
    [readOutcome, undefined],
    [voidPayment, undefined],
    [returnPayment, { reason: 'Because' }],
  ] as const)
    await expect(
      orders.call(shop.id, operation, { params: { paymentId: randomUUID() }, body } as never),
    ).rejects.toMatchObject({ code: 'payment.payment_missing' })
})

test('what is refused while it is let go was let go, and says that it failed', async () => {
  const { id, actionUrl } = await pay({ method: cards.asks })
  await platform.sql.query('begin')
  await platform.sql.query('select from payment_service.payment where id = $1 for update', [id])
  const challenge = new URL(actionUrl ?? '').pathname.split('/').at(-1) ?? ''
  const params = { challenge }
  const refusal = shop.shopper.call(answerChallenge, { params, body: { approve: false } })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const letting = letGo(id)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await platform.sql.query('commit')
  expect((await refusal).body.state).toBe('failed')
  expect((await letting).state).toBe('failed')
})

test('what is returned by many at once is given back once, and each is told so', async () => {
  const { id } = await pay()
  const input = { params: { paymentId: id }, body: { reason: 'It was called off' } }
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => orders.call(shop.id, returnPayment, input)),
  )
  expect(answers.map((one) => one.refundedMinor)).toEqual(Array.from({ length: 6 }, () => 2_500))
  expect((await read(id)).refunds).toHaveLength(1)
})

test('where a part is given back while all is returned, the rest is returned', async () => {
  const { id } = await pay()
  const input = { params: { paymentId: id }, body: { reason: 'It was called off' } }
  await platform.sql.query('begin')
  await platform.sql.query('select from payment_service.payment where id = $1 for update', [id])
  const returning = orders.call(shop.id, returnPayment, input)
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (const table of ['payment', 'sandbox_charge'])
    await platform.sql.query(
      `update payment_service.${table} set refunded_minor = 1000
       where reference = (select reference from payment_service.payment where id = $1)`,
      [id],
    )
  await platform.sql.query('commit')
  expect((await returning).refundedMinor).toBe(2_500)
  const { rows } = await platform.sql.query(
    'select amount_minor::int as minor from payment_service.refund where payment_id = $1',
    [id],
  )
  expect(rows).toEqual([{ minor: 1_500 }])
})
