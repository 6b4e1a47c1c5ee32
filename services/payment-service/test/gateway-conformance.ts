// What every gateway has to be to those who take money by it, whatever it is behind.
import { randomUUID } from 'node:crypto'
import { paymentContract } from '@prognetwork/contracts/payment'
import { newId } from '@prognetwork/shared-infrastructure'
import type { callingAs, TestPlatform, TestShop } from '@prognetwork/testing'
import { describe, expect, test } from 'vitest'

const { capturePayment, createPayment, listTransfers, readPayment, refundPayment } =
  paymentContract.operations
const { giveRefund, readOutcome, returnPayment, voidPayment } = paymentContract.operations

export interface GatewayUnderTest {
  readonly name: 'sandbox' | 'stripe'
  readonly platform: TestPlatform
  readonly shop: TestShop
  readonly orders: ReturnType<typeof callingAs>
  readonly methods: Readonly<
    Record<'good' | 'declined' | 'poor' | 'old' | 'asks' | 'later' | 'refusedLater', string>
  > & { readonly unknown: readonly string[] }
  /** What the payer does who is asked who they are. */
  answer(actionUrl: string, approve: boolean): Promise<unknown>
  /** The time comes at which it knows what it did not at once. */
  settle(): void
}

type Wanted = Partial<{
  method: string
  capture: 'automatic' | 'manual'
  paymentId: string
  orderId: string
  amountMinor: number
}>

export function describeGateway(name: string, of: () => GatewayUnderTest): void {
  function pay(wanted: Wanted = {}) {
    const { orders, shop, methods } = of()
    const { paymentId = newId(), orderId = randomUUID(), amountMinor = 2_500 } = wanted
    const { method = methods.good, capture = 'automatic' } = wanted
    return orders.call(shop.id, createPayment, {
      params: { paymentId },
      body: {
        ...{ orderId, amount: { amountMinor, currency: 'EUR' } },
        ...{ gateway: of().name, method, capture },
      },
    })
  }
  const capture = (paymentId: string, amountMinor?: number) =>
    of().orders.call(of().shop.id, capturePayment, {
      params: { paymentId },
      body: { ...(amountMinor !== undefined && { amountMinor }) },
    })
  const letGo = (paymentId: string) =>
    of().orders.call(of().shop.id, voidPayment, { params: { paymentId } })
  const giveBack = (paymentId: string, body: object, key?: string) =>
    of().shop.staff.call(
      refundPayment,
      { params: { paymentId }, body },
      key === undefined ? {} : { 'idempotency-key': key },
    )
  const read = async (paymentId: string) =>
    (await of().shop.staff.call(readPayment, { params: { paymentId } })).body
  const moved = async (paymentId: string) => {
    const { body } = await of().shop.staff.call(listTransfers, { query: { paymentId } })
    return body.items.map(({ kind, amountMinor }) => [kind, amountMinor]).reverse()
  }
  const becomes = (paymentId: string, state: string) =>
    expect
      .poll(async () => (await read(paymentId)).state, { timeout: 15_000, interval: 200 })
      .toBe(state)

  describe(`the gateway ${name}`, () => {
    test('takes money at once', async () => {
      const paid = await pay()
      expect(paid).toMatchObject({
        ...{ gateway: of().name, state: 'captured', capturedMinor: 2_500, refundedMinor: 0 },
        ...{ card: { brand: 'visa', last4: '4242' }, failure: null, actionUrl: null },
      })
      expect(await moved(paid.id)).toEqual([['capture', 2_500]])
    })

    test.each([
      ['declined', 'card_declined'],
      ['poor', 'insufficient_funds'],
      ['old', 'expired_card'],
    ] as const)('says why it takes none: %s', async (method, code) => {
      const refused = await pay({ method: of().methods[method] })
      expect(refused).toMatchObject({ state: 'failed', capturedMinor: 0, failure: { code } })
      expect(await moved(refused.id)).toEqual([])
    })

    test('refuses what it does not know, and nothing comes of it', async () => {
      for (const method of of().methods.unknown) {
        const paymentId = newId()
        await expect(pay({ method, paymentId })).rejects.toMatchObject({
          code: 'payment.method_unknown',
        })
        expect((await pay({ paymentId })).state).toBe('captured')
      }
    })

    test('makes a payment once under its id, and is paid by one of an order', async () => {
      const wanted = { paymentId: newId(), orderId: randomUUID() }
      const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => pay(wanted)))
      for (const one of others) expect(one.state).toBe(first?.state)
      expect(await pay(wanted)).toEqual(await pay(wanted))
      expect(await moved(wanted.paymentId)).toEqual([['capture', 2_500]])
      await expect(pay({ ...wanted, amountMinor: 2_501 })).rejects.toMatchObject({
        code: 'payment.payment_taken',
      })
      await expect(pay({ orderId: wanted.orderId })).rejects.toMatchObject({
        code: 'payment.order_paid',
      })
    })

    test('holds money, and takes a part of it', async () => {
      const held = await pay({ capture: 'manual' })
      expect(held).toMatchObject({ state: 'authorized', capturedMinor: 0 })
      const params = { paymentId: held.id }
      expect((await of().orders.call(of().shop.id, readOutcome, { params })).state).toBe(
        'authorized',
      )
      const taken = { state: 'captured', capturedMinor: 2_000, refundedMinor: 0 }
      expect(await capture(held.id, 2_000)).toMatchObject(taken)
      await expect(capture(held.id)).rejects.toMatchObject({ code: 'payment.payment_unfit' })
      await expect(letGo(held.id)).rejects.toMatchObject({ code: 'payment.payment_unfit' })
      expect(await read(held.id)).toMatchObject(taken)
    })

    test('lets go of what it holds, also when told again', async () => {
      for (const method of [of().methods.good, of().methods.asks]) {
        const held = await pay({ capture: 'manual', method })
        expect((await letGo(held.id)).state).toBe('voided')
        expect((await letGo(held.id)).state).toBe('voided')
        expect(await moved(held.id)).toEqual([])
      }
    })

    test('takes or lets go what is to be both at once', async () => {
      const held = await pay({ capture: 'manual' })
      const ends = await Promise.allSettled([capture(held.id), letGo(held.id)])
      expect(ends.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
      expect((await read(held.id)).state).toBe(
        ends[0].status === 'fulfilled' ? 'captured' : 'voided',
      )
    })

    test('gives back a part, once under its key, and the rest, and no more', async () => {
      const { id } = await pay()
      const part = { amountMinor: 1_000, reason: 'One pot came broken' }
      const first = await giveBack(id, part, 'a-part')
      expect(first.status, JSON.stringify(first.body)).toBe(201)
      expect((await giveBack(id, part, 'a-part')).body).toEqual(first.body)
      expect((await giveBack(id, {})).body.amountMinor).toBe(1_500)
      expect((await giveBack(id, { amountMinor: 1 })).problem.code).toBe('payment.amount_exceeded')
      expect(await moved(id)).toEqual([
        ['capture', 2_500],
        ['refund', 1_000],
        ['refund', 1_500],
      ])
      const { refunds, refundedMinor } = await read(id)
      expect(refundedMinor).toBe(2_500)
      expect(refunds[0]).toEqual(first.body)
    })

    test('gives back a part of what it took a part of', async () => {
      const held = await pay({ capture: 'manual' })
      await capture(held.id, 2_000)
      expect((await giveBack(held.id, { amountMinor: 500 })).status).toBe(201)
      expect(await read(held.id)).toMatchObject({ capturedMinor: 2_000, refundedMinor: 500 })
      const returning = { params: { paymentId: held.id }, body: { reason: 'It was called off' } }
      const { orders, shop } = of()
      expect(await orders.call(shop.id, returnPayment, returning)).toMatchObject({
        refundedMinor: 2_000,
      })
      expect(await moved(held.id)).toEqual([
        ['capture', 2_000],
        ['refund', 500],
        ['refund', 1_500],
      ])
    })

    test('gives back what many ask for at once, as far as there is any', async () => {
      const { id } = await pay()
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => giveBack(id, { amountMinor: 1_000 })),
      )
      expect(answers.filter((one) => one.status === 201)).toHaveLength(2)
      expect(await read(id)).toMatchObject({ refundedMinor: 2_000 })
    })

    test('gives back once under an id that is not its own, and no more than is left', async () => {
      const { orders, shop } = of()
      const { id: paymentId } = await pay()
      const give = (refundId: string) =>
        orders.call(shop.id, giveRefund, {
          params: { paymentId, refundId },
          body: { atMostMinor: 1_500, reason: 'It came back' },
        })
      const [one, other] = [randomUUID(), randomUUID()]
      const given = await Promise.all([give(one), give(other), give(one)])
      expect(given[0]).toEqual(given[2])
      const amounts = given.slice(0, 2).map(({ amountMinor }) => amountMinor)
      expect(amounts.toSorted()).toEqual([1_000, 1_500])
      expect([await give(one), await give(other)]).toEqual(given.slice(0, 2))
      expect(await give(randomUUID())).toEqual({ amountMinor: 0 })
      const { refundedMinor, refunds } = await read(paymentId)
      expect(refundedMinor).toBe(2_500)
      expect(refunds.map((refund) => refund.id).toSorted()).toEqual([one, other].toSorted())
    })

    test.each([
      [true, 'captured'],
      [false, 'failed'],
    ])('asks a payer who they are: %s', async (approve, state) => {
      const asked = await pay({ method: of().methods.asks })
      expect(asked.state).toBe('requires_action')
      await of().answer(asked.actionUrl ?? '', approve)
      await becomes(asked.id, state)
      const { failure, actionUrl } = await read(asked.id)
      expect([failure?.code, actionUrl]).toEqual([
        approve ? undefined : 'authentication_failed',
        null,
      ])
    })

    test.each([
      ['later', 'captured'],
      ['refusedLater', 'failed'],
    ] as const)('says later what it knows later: %s', async (method, state) => {
      const payment = await pay({ method: of().methods[method] })
      expect(payment.state).toBe('processing')
      of().settle()
      await becomes(payment.id, state)
      expect(await moved(payment.id)).toHaveLength(state === 'captured' ? 1 : 0)
    })
  })
}
