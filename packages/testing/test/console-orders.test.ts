// Many orders in the console: sorted, scrolled through, taken along as CSV.
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

const copies = 400

describe('the orders of the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
    const { id } = await shop.buy()
    // Each a second before the one before, and a penny dearer; one has a formula for a name.
    await shop.platform.sql.query(
      `insert into order_service.sales_order
       select (jsonb_populate_record(o, jsonb_build_object(
         'id', gen_random_uuid(), 'reference', 'COPY' || at, 'payment_id', null,
         'email', case at when 3 then '=cmd@example.com' else at || '@example.com' end,
         'total_minor', o.total_minor + at, 'placed_at', o.placed_at - at * interval '1 s'))).*
       from order_service.sales_order o, generate_series(1, $2::int) at where o.id = $1`,
      [id, copies],
    )
    await shop.platform.sql.query(
      `insert into order_service.order_line
       select (jsonb_populate_record(l, jsonb_build_object('order_id', o.id))).*
       from order_service.order_line l, order_service.sales_order o
       where l.order_id = $1 and o.tenant_id = l.tenant_id and o.id <> l.order_id`,
      [id],
    )
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  test('are scrolled through to the last, with few of them in the page', async () => {
    const { page, complaints, close } = await shop.open('/orders')
    const rows = page.locator('tbody tr:not([aria-hidden])')
    await expect.poll(() => rows.count()).toBeLessThan(80)
    // Every reference is seen on the way, and in its order.
    const seen: string[] = []
    const last = page.getByRole('link', { name: `COPY${copies}`, exact: true })
    for (let turn = 0; turn < 200 && !(await last.isVisible()); turn++) {
      seen.push(...(await page.locator('tbody tr td:first-child a').allTextContents()))
      await page.mouse.wheel(0, 700)
      await page.waitForTimeout(30)
    }
    seen.push(...(await page.locator('tbody tr td:first-child a').allTextContents()))
    await last.waitFor()
    expect(await rows.count()).toBeLessThan(80)
    const inOrder = [...new Set(seen)].slice(1)
    expect(inOrder).toEqual(Array.from({ length: copies }, (_, at) => `COPY${at + 1}`))
    // What is new is seen although the page is far down, and nothing is read twice.
    const { reference } = await shop.buy()
    await page.keyboard.press('Control+Home')
    await page.getByRole('link', { name: reference }).waitFor()
    const all = await page.locator('tbody tr td:first-child a').allTextContents()
    expect(new Set(all).size).toBe(all.length)
    expect(complaints).toEqual([])
    await close()
  }, 60_000)

  test('are sorted by the heads of columns, and by keys alone', async () => {
    const { page, close } = await shop.open('/orders')
    const first = page.locator('tbody tr td:first-child a').first()
    await page.getByRole('link', { name: 'Total' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.home}/orders?sort=total&order=desc`)
    await expect.poll(() => first.textContent()).toBe(`COPY${copies}`)
    await page.getByRole('link', { name: 'Total' }).click()
    await page.waitForURL(/order=asc/)
    await expect.poll(() => first.textContent()).not.toBe(`COPY${copies}`)
    expect(await page.locator('[aria-sort]').textContent()).toContain('Total')
    // A filter keeps how the list is sorted.
    await page.getByLabel('Reference or e-mail').fill('9@example.com')
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=total.*q=/)
    await page.getByRole('link', { name: 'COPY9', exact: true }).waitFor()
    await close()
  })

  test('show the columns that are chosen, whoever opens the address', async () => {
    const { page, close } = await shop.open('/orders?state=paid')
    await page.getByText('Columns').click()
    await page.getByLabel('Customer').uncheck()
    await page.getByLabel('Country').check()
    await page.getByRole('button', { name: 'Show these' }).click()
    await page.getByRole('columnheader', { name: 'Country' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Customer' }).count()).toBe(0)
    expect(page.url()).toContain('state=paid')
    await page.reload()
    await page.getByRole('cell', { name: 'GB' }).first().waitFor()
    await close()
  })

  test('are taken along as CSV, all that the filters find, and none of it is a formula', async () => {
    const { page, close } = await shop.open('/orders?sort=total')
    const begun = page.waitForEvent('download')
    await page.getByRole('link', { name: 'All of them as CSV' }).click()
    const download = await begun
    expect(download.suggestedFilename()).toBe('orders.csv')
    const text = await page.evaluate(async (path) => (await fetch(path)).text(), download.url())
    const [head, ...lines] = text.trimEnd().split('\r\n')
    expect(head).toBe(
      'reference,state,email,name,country,placed_at,changed_at,currency,total,refunded',
    )
    expect(lines.length).toBeGreaterThan(copies)
    expect(lines[0]).toMatch(/^COPY400,paid,400@example.com,A,GB,.*,EUR,49\.00,0\.00$/)
    expect(lines.find((line) => line.startsWith('COPY3,'))).toContain(",'=cmd@example.com,")
    const one = `${shop.home}/orders.csv?q=COPY5`
    const found = await page.evaluate(async (path) => (await fetch(path)).text(), one)
    expect(found.trimEnd().split('\r\n')).toHaveLength(2)
    await close()
  })

  test('and whatever has a time are looked at for a while that is in the address', async () => {
    const { page, close } = await shop.open('/orders', { hasScript: false })
    for (const path of ['/orders', '/events', '/traces', '/logs']) {
      await page.goto(`${shop.home}${path}`)
      await page.getByLabel('When').selectOption('Last 15 minutes')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.waitForURL(/range=15m/)
      expect(await page.getByLabel('When').inputValue()).toBe('15m')
    }
    await shop.platform.sql.query(
      `update order_service.sales_order set placed_at = placed_at - interval '1 hour'
       where reference = 'COPY7'`,
    )
    await page.goto(`${shop.home}/orders?range=15m&q=COPY7`)
    await page.getByText('No order is like this.').waitFor()
    await page.goto(`${shop.home}/orders?range=1d&q=COPY7`)
    await page.getByRole('link', { name: 'COPY7', exact: true }).waitFor()
    await close()
  })

  test('are turned over page by page without script', async () => {
    const { page, close } = await shop.open('/orders?sort=total&order=desc', { hasScript: false })
    const references = () => page.locator('tbody tr td:first-child a').allTextContents()
    expect((await references())[0]).toBe('COPY400')
    await page.getByRole('link', { name: 'Earlier' }).click()
    await page.waitForURL(/after=/)
    expect(await references()).toEqual(
      Array.from({ length: 50 }, (_, at) => `COPY${copies - 50 - at}`),
    )
    await close()
  })

  test('are closed to members of other tenants as CSV, too', async () => {
    const other = await shop.platform.shop()
    const { page, close } = await shop.open('/orders')
    const path = `${shop.home.replace(shop.shop.slug, other.slug)}/orders.csv`
    const text = await page.evaluate(async (url) => {
      const answer = await fetch(url)
      return answer.headers.get('content-type')
    }, path)
    expect(text).not.toContain('csv')
    await close()
  })

  test('and all else is gone to by words, without a hand from the keys', async () => {
    const { reference, id, email } = await shop.buy()
    const stranger = await shop.platform.shop()
    for (const [options] of ways.map(([, one]) => [one] as const)) {
      const { page, complaints, violations, close } = await shop.open('/mail', options)
      const german = options.language !== undefined
      await page.getByText('live', { exact: true }).waitFor()
      const box = page.getByRole('dialog').getByRole('combobox')
      const option = (name: string | RegExp) => page.getByRole('option', { name })
      await page.keyboard.press('Control+k')
      await box.fill(german ? 'zahlung' : 'payme')
      await option(german ? /Zahlungen/ : /Payments/).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(`${shop.home}/payments`)
      await page.keyboard.press('Control+k')
      await box.fill(reference.toLowerCase())
      await option(reference).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(`${shop.home}/orders/${id}`)
      await page.keyboard.press('Control+k')
      await box.fill(email)
      await option(german ? /Kunde/ : /Customer/).waitFor()
      expect(await violations()).toEqual([])
      await page.keyboard.press('ArrowDown')
      expect(await option(/./).nth(1).getAttribute('aria-selected')).toBe('true')
      await box.fill('oak stool')
      await option(german ? /Produkt/ : /Product/)
        .first()
        .waitFor()
      await box.fill('no such thing at all')
      await page.getByText(german ? 'Nichts heißt so.' : 'Nothing is called that.').waitFor()
      await page.keyboard.press('Escape')
      await box.waitFor({ state: 'detached' })
      const found = await page.evaluate(
        async (path) => (await fetch(path)).text(),
        `/t/${stranger.slug}/find.data?q=${reference}`,
      )
      expect(found).not.toContain(id)
      expect(complaints).toEqual([])
      await close()
    }
  }, 60_000)

  test.for(ways)('are fit for everybody, %s', { timeout: 60_000 }, async ([, options]) => {
    await shop.expectFit(
      ['/orders', '/orders?sort=total&order=asc&columns=country&columns=total&from=nonsense'],
      options,
    )
  })
})
