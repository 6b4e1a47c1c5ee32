// Every request that is sent to Stripe, held against Stripe's own description of its API by the
// program that Stripe makes for that (stripe-mock). It knows no state, so that is all it shows.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { paymentContract } from '@prognetwork/contracts/payment'
import { freePort } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStripeShop, type StripeShop } from './stripe-shop.ts'

const { capturePayment, createPayment, refundPayment, voidPayment } = paymentContract.operations
const installed = join(homedir(), 'go/bin/stripe-mock')
const program = existsSync(installed) ? installed : 'stripe-mock'

let stripe: StripeShop
let mock: ChildProcess | undefined
let origin = ''
beforeAll(async () => {
  stripe = await openStripeShop()
})
afterAll(async () => {
  mock?.kill()
  await stripe?.stop()
})

/** False where the program is not installed. */
async function startMock(): Promise<boolean> {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  const started = spawn(program, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' })
  mock = started
  const isThere = await new Promise<boolean>((resolve) => {
    started.once('spawn', () => resolve(true)).once('error', () => resolve(false))
  })
  if (!isThere) return false
  const isUp = () =>
    fetch(origin).then(
      () => true,
      () => false,
    )
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true)
  return true
}

const send = (method: string, path: string, body: string) =>
  fetch(origin + path, {
    method,
    headers: {
      authorization: 'Bearer sk_test_123',
      ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(method === 'POST' && { body }),
  })

test('every request to Stripe is one that Stripe describes', async (context) => {
  if (!(await startMock())) context.skip('needs stripe-mock, which go install brings')
  const { orders, shop, server, platform } = stripe
  const pay = (capture: 'manual' | 'automatic') =>
    orders.call(shop.id, createPayment, {
      params: { paymentId: randomUUID() },
      body: {
        ...{ orderId: randomUUID(), amount: { amountMinor: 2_500, currency: 'EUR' } },
        ...{ gateway: 'stripe', method: 'pm_card_visa', capture },
      },
    })
  const [taken, held, free] = [await pay('automatic'), await pay('manual'), await pay('manual')]
  const params = { paymentId: held.id }
  await orders.call(shop.id, capturePayment, { params, body: { amountMinor: 2_000 } })
  await orders.call(shop.id, voidPayment, { params: { paymentId: free.id } })
  const [disputed] = server.books.all()
  server.books.dispute(disputed?.id ?? '', 'warning_needs_response')
  await stripe.allSent()
  const back = { params: { paymentId: taken.id }, body: { amountMinor: 500, reason: 'Why not' } }
  await shop.staff.call(refundPayment, back)
  const many = { payment_intent: disputed?.id ?? '', amount: '1' }
  for (let n = 0; n < 11; n++) server.books.refund(new URLSearchParams(many))
  platform.clock.advance(5 * 60_000)
  await platform.runJob('payment-service', 'follow-stripe')

  const kinds = new Set<string>()
  for (const { method, path, body } of server.requests) {
    const answer = await send(method, path, body)
    expect(answer.status, `${method} ${path} ${body}: ${await answer.text()}`).toBe(200)
    kinds.add(`${method} ${path.replace(/\?.*/, '').replace(/pi_\w+/, 'pi')}`)
  }
  expect([...kinds].sort()).toEqual([
    'GET /v1/disputes',
    'GET /v1/events',
    'GET /v1/payment_intents/pi',
    'GET /v1/refunds',
    'POST /v1/payment_intents',
    'POST /v1/payment_intents/pi/cancel',
    'POST /v1/payment_intents/pi/capture',
    'POST /v1/refunds',
  ])
  const misspelt = await send('POST', '/v1/payment_intents', 'amount=1&currency=eur&methud=x')
  expect(misspelt.status).toBe(400)
})
