// Whatever happens to payments, in whatever order and at once, the ledger says the same as they do.
import { randomUUID } from 'node:crypto'
import { paymentContract } from '@prognetwork/contracts/payment'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cards } from './cards.ts'

const { capturePayment, createPayment, readBalances, refundPayment, voidPayment } =
  paymentContract.operations

const orders = callingAs('order-service')
let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orders.definitions })
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

const operations = 10_000
const atOnce = 12

const step = fc.record({
  kind: fc.constantFrom('pay', 'hold', 'capture', 'void', 'refund'),
  method: fc.constantFrom(cards.good, cards.good, cards.declined, cards.slow, cards.asks),
  currency: fc.constantFrom('EUR', 'GBP', 'JPY'),
  amountMinor: fc.integer({ min: 1, max: 100_000 }),
  aim: fc.nat(),
})
type Step = ReturnType<(typeof step)['generate']>['value']

async function carryOut(one: Step, made: string[]): Promise<void> {
  const { kind, method, currency, amountMinor } = one
  const paymentId = made[one.aim % Math.max(1, made.length)]
  if (kind === 'pay' || kind === 'hold' || paymentId === undefined) {
    const capture = kind === 'hold' ? 'manual' : 'automatic'
    const amount = { amountMinor, currency }
    const payment = await orders.call(shop.id, createPayment, {
      params: { paymentId: randomUUID() },
      body: { orderId: randomUUID(), amount, method, capture },
    })
    made.push(payment.id)
    return
  }
  const params = { paymentId }
  if (kind === 'capture')
    await orders.call(shop.id, capturePayment, { params, body: { amountMinor } })
  else if (kind === 'void') await orders.call(shop.id, voidPayment, { params })
  else await refund(params, amountMinor)
}

async function refund(params: { paymentId: string }, amountMinor: number): Promise<void> {
  const { status } = await shop.staff.call(refundPayment, { params, body: { amountMinor } })
  expect([201, 409, 422]).toContain(status)
}

test('after ten thousand operations at random it is balanced, and as payments have it', async () => {
  const steps = fc.sample(step, operations)
  const made: string[] = []
  const refused = new Map<string, number>()
  const worker = async () => {
    for (let one = steps.pop(); one; one = steps.pop())
      await carryOut(one, made).catch((error: { code?: string }) => {
        if (!error.code?.startsWith('payment.')) throw error
        refused.set(error.code, (refused.get(error.code) ?? 0) + 1)
      })
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  expect(refused.get('payment.payment_unfit')).toBeGreaterThan(100)

  // What gateways know later is posted when they do.
  const underWay = async () => {
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from payment_service.payment where state = 'processing'`,
    )
    return rows[0].count
  }
  await expect.poll(underWay, { timeout: 60_000 }).toBe(0)

  const { body } = await shop.staff.call(readBalances, {})
  const currencies = new Set(body.items.map((one) => one.currency))
  expect(currencies.size).toBe(3)
  for (const currency of currencies) {
    const accounts = body.items.filter((one) => one.currency === currency)
    expect(accounts.reduce((sum, one) => sum + one.balanceMinor, 0)).toBe(0)
    const { rows } = await platform.sql.query(
      `select sum(p.captured_minor)::bigint as taken, sum(p.refunded_minor)::bigint as given,
         (select sum(c.captured_minor - c.refunded_minor) from payment_service.sandbox_charge c
          join payment_service.payment q using (tenant_id, reference)
          where q.tenant_id = $1 and q.currency = $2)::bigint as held
       from payment_service.payment p where p.tenant_id = $1 and p.currency = $2`,
      [shop.id, currency],
    )
    const { taken, given, held } = rows[0]
    const balanceOf = (account: string) =>
      accounts.find((one) => one.account === account)?.balanceMinor ?? 0
    expect(balanceOf('sales')).toBe(-Number(taken))
    expect(balanceOf('refunds')).toBe(Number(given))
    expect(balanceOf('gateway.sandbox')).toBe(Number(held))
  }
}, 180_000)

test('no row of it is changed or taken away, and none is out of balance', async () => {
  const role = (text: string) =>
    platform.sql.query(
      `begin; set local role payment_service; select set_config('app.tenant_id', '${shop.id}', true);
       ${text}`,
    )
  for (const text of [
    'update payment_service.ledger_transfer set amount_minor = 1',
    'delete from payment_service.ledger_transfer',
  ]) {
    await expect(role(text)).rejects.toThrow('permission denied')
    await platform.sql.query('rollback')
  }
  await expect(
    platform.sql.query(
      `insert into payment_service.ledger_transfer (tenant_id, id, kind, debit, credit, amount_minor,
         currency, payment_id, at)
       select tenant_id, gen_random_uuid(), 'capture', 'sales', 'sales', 1, currency, id, now()
       from payment_service.payment limit 1`,
    ),
  ).rejects.toThrow('ledger_transfer_check')
})
