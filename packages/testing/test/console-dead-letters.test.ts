// What services could not handle, in the console.
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

describe('dead letters in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  /** Mails cannot be written while `work` is under way. */
  async function withoutMails(work: () => Promise<void>): Promise<void> {
    await shop.platform.sql.query(`
      create function email_service.refuse() returns trigger language plpgsql as $$
        begin raise exception 'The disk of the mails is full'; end $$;
      create trigger refuse before insert on email_service.message
        for each row execute function email_service.refuse()`)
    await work()
    await shop.platform.sql.query('drop function email_service.refuse cascade')
  }

  /** Orders whose mails were given up after the last of ten attempts. */
  async function park(count: number) {
    const placed: Awaited<ReturnType<typeof shop.buy>>[] = []
    await withoutMails(async () => {
      for (let one = 0; one < count; one++) placed.push(await shop.buy())
      const keys = placed.map(({ id }) => id)
      await expect
        .poll(async () => {
          const { rows } = await shop.platform.sql.query(
            `update email_service.parked_key set attempts = greatest(attempts, 9)
             where key = any ($1) returning state`,
            [keys],
          )
          return rows.map(({ state }) => state)
        })
        .toEqual(keys.map(() => 'dead'))
    })
    return placed
  }

  test('staff see why a mail was never written, and have it tried again', async () => {
    const [order] = await park(1)
    const { page, complaints, close } = await shop.open('/dead-letters')
    await page.getByRole('link', { name: 'order.placed' }).click()
    await page.getByRole('heading', { name: 'order.placed in email-service' }).waitFor()
    await page.getByText('The disk of the mails is full').waitFor()
    await page.getByText(`"orderId": "${order?.id}"`).first().waitFor()
    await page.getByText('Try it again', { exact: true }).click()
    await page.getByRole('button', { name: 'Try it now' }).click()
    await page.getByText('It is tried again now.').waitFor()
    await page.getByRole('heading', { name: 'Nothing of this key waits' }).waitFor()
    await page.goto(`${shop.home}/mail`)
    await page.getByRole('link', { name: new RegExp(order?.reference ?? '') }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('those chosen are tried again, then all of them, and what fails anew comes back', async () => {
    const { page, close } = await shop.open('/dead-letters')
    await page.getByText('No service has given up an event.').waitFor()
    const [one, two, three] = await park(3)
    const letters = page.getByRole('link', { name: 'order.placed' })
    // By itself: nothing is loaded here.
    await expect.poll(() => letters.count()).toBe(3)
    await page.getByRole('checkbox', { name: one?.id ?? '' }).check()
    await page.getByText('Try those chosen again').click()
    await page.getByRole('button', { name: 'Try the chosen' }).click()
    await page.getByText('1 key is tried again.').waitFor()
    await expect.poll(() => letters.count()).toBe(2)
    await withoutMails(async () => {
      await page.getByText('Try all of them again').click()
      await page.getByRole('button', { name: 'Try all' }).click()
      await page.getByText('2 keys are tried again.').waitFor()
      await page.getByRole('link', { name: 'See what is tried again' }).click()
      await expect.poll(() => letters.count()).toBe(2)
      await page.getByRole('columnheader', { name: 'Next attempt' }).waitFor()
    })
    await page.getByText('No event waits for another attempt.').waitFor()
    await page.goto(`${shop.home}/mail`)
    for (const order of [one, two, three])
      await page.getByRole('link', { name: new RegExp(order?.reference ?? '') }).waitFor()
    await close()
  })

  test('an event is given up without script, and those behind it go on', async () => {
    const [order] = await park(1)
    const { page, close } = await shop.open('/dead-letters', { hasScript: false })
    await page.getByRole('link', { name: 'order.placed' }).click()
    await page.getByText('Give up the first event').click()
    await page.getByRole('button', { name: 'Give it up' }).click()
    await page.getByText('The event was given up; those behind it go on.').waitFor()
    const { rows } = await shop.platform.sql.query(
      'select state from email_service.parked_key where key = $1',
      [order?.id],
    )
    expect(rows).toEqual([])
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    const [order] = await park(1)
    await shop.expectFit(
      [
        ...['/dead-letters', '/dead-letters?state=waiting&service=email-service'],
        `/dead-letters/email-service/${order?.id}`,
      ],
      options,
    )
  })

  test('are closed to those who do the daily work', () =>
    shop.expectClosed({ 'Dead letters': '/dead-letters' }))
})
