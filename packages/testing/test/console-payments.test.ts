// Money in the console: payments, what is given back of them, and the ledger.
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

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

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    await shop.buy()
    const { paymentId } = await shop.buy()
    const paths = ['/payments', '/payments?state=failed', `/payments/${paymentId}`, '/ledger']
    await shop.expectFit(paths, options)
  })
})
