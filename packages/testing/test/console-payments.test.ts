// Money in the console: payments, what is given back of them, and the ledger.
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

const { cancelOrder } = orderContract.operations
const { listDisputes, refundPayment } = paymentContract.operations

describe('payments in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  test('staff see one arrive, give a part back, and the ledger stays balanced', async () => {
    const { page, complaints, close } = await shop.open('/payments')
    await page.getByText('No payment is like this.').waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    const { reference } = await shop.buy()
    await page.getByRole('cell', { name: '€49.00' }).waitFor()
    await page.getByRole('table').getByRole('link').click()
    await page.getByRole('cell', { name: 'gateway.sandbox' }).waitFor()
    await page.getByText('Give money back').click()
    await page.getByLabel('Amount in EUR').fill('12.505')
    await page.getByLabel('Reason').fill('A leg was loose')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await page.getByText('An amount such as 12.50').waitFor()
    await page.getByLabel('Amount in EUR').fill('50')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await page.getByText('It is more than is left of the payment.').waitFor()
    await page.getByLabel('Amount in EUR').fill('12,50')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await page.getByRole('cell', { name: 'A leg was loose' }).waitFor()
    await page.getByRole('row', { name: /Given back refunds gateway.sandbox €12.50/ }).waitFor()
    await page.getByRole('link', { name: 'The order' }).click()
    await page.getByRole('heading', { name: `Order ${reference}` }).waitFor()
    await page.goto(`${shop.home}/ledger`)
    await page.getByText('Balanced', { exact: true }).waitFor()
    await page.getByRole('row', { name: 'gateway.sandbox €49.00 €12.50 €36.50' }).waitFor()
    await page.getByRole('row', { name: 'Sum €61.50 €61.50 €0.00' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('one form that is sent twice, without script, gives back once', async () => {
    await shop.buy()
    const { page, close } = await shop.open('/payments', { hasScript: false })
    await page.getByRole('table').getByRole('link').first().click()
    const address = page.url()
    const { origin } = new URL(address)
    const form = {
      ...{ amount: '1', currency: 'EUR', reason: 'By mistake' },
      once: await page.locator('[name=once]').inputValue(),
    }
    for (let time = 0; time < 2; time++)
      expect((await page.request.post(address, { form, headers: { origin } })).status()).toBe(200)
    await page.reload()
    expect(await page.getByRole('cell', { name: 'By mistake' }).count()).toBe(1)
    await close()
  })

  /** One whose payer has their bank take it back, and says so. */
  async function disputed() {
    const order = await shop.buy({ card: '4000000000000259' })
    shop.platform.clock.advance(5_000)
    await shop.platform.runJob('payment-service', 'post-sandbox')
    const query = { paymentId: order.paymentId ?? '' }
    const found = async () =>
      (await shop.shop.staff.call(listDisputes, { query })).body.items[0]?.id
    await expect.poll(found, { timeout: 15_000 }).toBeDefined()
    return { order, disputeId: (await found()) ?? '' }
  }

  test('a dispute says what to do until when, leads to its order, and is decided', async () => {
    const { order, disputeId } = await disputed()
    const { page, complaints, close } = await shop.open('/payments')
    await page.getByRole('link', { name: 'Disputes' }).click()
    await page.waitForURL(`${shop.home}/disputes`)
    await page.getByRole('link', { name: 'Needs an answer' }).click()
    await page.waitForURL(`${shop.home}/disputes?state=needs_response`)
    await page.locator(`tbody a[href*="${disputeId}"]`).click()
    await page.getByText('Send evidence where the payment was made, in time').waitFor()
    await page.getByText('Decide as the bank').click()
    await page.getByRole('button', { name: 'The payer wins' }).click()
    await page.getByText('The bank ruled for the payer, who has the money.').waitFor()
    await page.getByRole('link', { name: 'The payment' }).click()
    await page.getByRole('definition').filter({ hasText: 'Lost' }).waitFor()
    await page.goto(`${shop.home}/disputes/${disputeId}`)
    await page.getByRole('link', { name: 'The order' }).click()
    await page.getByRole('heading', { name: `Order ${order.reference}` }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('the credit note of a refund is a file in the page of its order', async () => {
    const order = await shop.buy()
    const params = { paymentId: order.paymentId ?? '' }
    await shop.shop.staff.call(refundPayment, { params, body: { amountMinor: 1_000 } })
    const { page, close } = await shop.open(`/orders/${order.id}`)
    const link = page.getByRole('link', { name: /^CN-/ })
    await link.waitFor()
    for (const one of [link, page.getByRole('link', { name: 'Invoice (PDF)' })]) {
      const file = await page.request.get(
        new URL((await one.getAttribute('href')) ?? '', page.url()).href,
      )
      expect([file.status(), file.headers()['content-type']]).toEqual([200, 'application/pdf'])
    }
    await close()
  })

  /** An order that was called off, and whose money its payer's bank has. */
  async function unfinished() {
    const { order } = await disputed()
    const params = { orderId: order.id }
    const { status } = await shop.shop.staff.call(cancelOrder, {
      params,
      body: { reason: 'No more of it' },
    })
    expect(status).toBe(200)
    shop.platform.clock.advance(31_000)
    // As if it had not run for a while.
    await shop.platform.sql.query(
      `update order_service.lease set last_run_at = 'epoch' where name = 'pay-back'`,
    )
    await shop.platform.runJob('order-service', 'pay-back')
    return order
  }

  test('money that is still to go back is told where staff look', async () => {
    const order = await unfinished()
    const { page, complaints, close } = await shop.open('')
    await page.getByText(`The money of the order ${order.reference}`).waitFor()
    await page.getByRole('paragraph').getByRole('link', { name: order.reference }).click()
    await page.getByText('payment.payment_in_dispute').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    await shop.buy()
    const { paymentId } = await shop.buy()
    const { disputeId } = await disputed()
    const { id } = await unfinished()
    const paths = [
      ...['', `/orders/${id}`],
      ...['/disputes', '/disputes?state=won', `/disputes/${disputeId}`],
      '/payments',
      '/payments?state=failed',
      `/payments/${paymentId}`,
      '/ledger',
    ]
    await shop.expectFit(paths, options)
  })
})
