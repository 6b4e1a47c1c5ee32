// What the sandbox tells on broken lines: in any order, twice, not at all, or by somebody else.
import { randomUUID } from 'node:crypto'
import { paymentContract } from '@prognetwork/contracts/payment'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cards } from './cards.ts'

const { createPayment, listTransfers, readPayment, readSandbox } = paymentContract.operations
const { webhooks } = new Stripe('sk_test_OfNoAccount')

const orders = callingAs('order-service')
let platform: TestPlatform
let shop: TestShop
let door: { path: string; signingSecret: string }
beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orders.definitions })
  shop = await platform.shop()
  const { body } = await shop.staff.call(readSandbox, {})
  door = { path: new URL(body.webhookUrl).pathname, signingSecret: body.signingSecret }
})
afterAll(() => platform?.stop())

const pay = (method: string) =>
  orders.call(shop.id, createPayment, {
    params: { paymentId: randomUUID() },
    body: { orderId: randomUUID(), amount: { amountMinor: 2_500, currency: 'EUR' }, method },
  })
const stateOf = async (paymentId: string) =>
  (await shop.staff.call(readPayment, { params: { paymentId } })).body.state
const nowSeconds = () => Math.floor(platform.clock.nowMs() / 1_000)

interface Sent {
  readonly secret?: string
  readonly timestamp?: number
  readonly path?: string
}
function send(payload: string, { secret, timestamp, path }: Sent = {}) {
  const signature = webhooks.generateTestHeaderString({
    ...{ payload, secret: secret ?? door.signingSecret, timestamp: timestamp ?? nowSeconds() },
  })
  return platform.anonymous.raw('POST', path ?? door.path, {
    body: payload,
    headers: { 'content-type': 'application/json', 'sandbox-signature': signature },
  })
}

/** What the sandbox is about to tell, taken out of its hands. */
async function intercept(): Promise<string[]> {
  const { rows } = await platform.sql.query(
    'delete from payment_service.sandbox_event where tenant_id = $1 returning id, type, reference',
    [shop.id],
  )
  return rows.map(({ id, type, reference }) =>
    JSON.stringify({ id, type, data: { object: { id: reference, object: 'sandbox_charge' } } }),
  )
}

test('shuffled, doubled, dropped and forged it comes to what the sandbox has', async () => {
  const methods = [cards.slow, cards.slowRefusal, cards.slow]
  const paid = await Promise.all([...methods, ...methods, ...methods].map(pay))
  const told = await intercept()
  expect(told).toHaveLength(paid.length)
  const [dropped = '', tooEarly = '', ...others] = told

  expect((await send(tooEarly)).status).toBe(200)
  platform.clock.advance(5_000)
  const forged = await send(dropped, { secret: 'whsec_OfSomebodyElse' })
  expect([forged.status, forged.problem.code]).toEqual([400, 'payment.signature_wrong'])
  const overheard = await send(dropped, { timestamp: nowSeconds() - 301 })
  expect(overheard.problem.code).toBe('payment.signature_wrong')
  for (const { status } of await Promise.all(
    [...others, ...others.toReversed()].map((one) => send(one)),
  ))
    expect(status).toBe(200)
  const underWay = async () => {
    const states = await Promise.all(paid.map(({ id }) => stateOf(id)))
    return states.filter((state) => state === 'processing').length
  }
  await expect.poll(underWay).toBe(2)

  platform.clock.advance(60_000)
  await platform.runJob('payment-service', 'reconcile-payments')
  const { rows } = await platform.sql.query(
    `select p.state as ours, c.state as theirs, count(*)::int as count
     from payment_service.payment p join payment_service.sandbox_charge c using (tenant_id, reference)
     where p.tenant_id = $1 group by p.state, c.state order by p.state`,
    [shop.id],
  )
  expect(rows).toEqual([
    { ours: 'captured', theirs: 'captured', count: 6 },
    { ours: 'failed', theirs: 'failed', count: 3 },
  ])
  const { body } = await shop.staff.call(listTransfers, { query: { limit: 100 } })
  expect(body.items).toHaveLength(6)
})

test('it tells by itself, and again where it was not heard', async () => {
  const { id } = await pay(cards.slow)
  platform.clock.advance(5_000)
  await expect.poll(() => stateOf(id), { timeout: 15_000 }).toBe('captured')
  expect(await intercept()).toEqual([])
})

test('what was heard and not handled is handled later', async () => {
  const { id } = await pay(cards.slow)
  const [told = ''] = await intercept()
  platform.clock.advance(5_000)
  await platform.sql.query(
    `insert into payment_service.gateway_event (tenant_id, gateway, id, type, reference,
       received_at, due_at)
     values ($1, 'sandbox', $2, 'charge.settled', $3, now(), now())`,
    [shop.id, JSON.parse(told).id, `sb_${id}`],
  )
  expect((await send(told)).status).toBe(200)
  await platform.runJob('payment-service', 'follow-gateways')
  expect(await stateOf(id)).toBe('captured')
})

test('it is heard at its own place only, and what it is not about is not', async () => {
  const elsewhere = await send('{}', { path: door.path.replace(/.{4}$/, 'AAAA') })
  expect([elsewhere.status, elsewhere.problem.code]).toEqual([404, 'payment.webhook_missing'])
  const other = (await (await platform.shop()).staff.call(readSandbox, {})).body
  expect(other.signingSecret).not.toBe(door.signingSecret)
  const crossed = await send('{}', { secret: other.signingSecret })
  expect(crossed.problem.code).toBe('payment.signature_wrong')
  for (const payload of ['', 'x', '[]', '{"id":"evt_x","type":"y","data":{"object":{}}}'])
    expect((await send(payload)).status).toBe(200)
  const bare = await platform.anonymous.raw('POST', door.path, {
    ...{ body: '{}', headers: { 'content-type': 'application/json' } },
  })
  expect(bare.problem.code).toBe('payment.signature_wrong')
})

test('its secret is for those who may see it', async () => {
  expect((await platform.anonymous.call(readSandbox, {})).status).toBe(401)
  expect((await (await platform.person()).call(readSandbox, {})).status).toBe(403)
})
