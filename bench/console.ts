import { setTimeout as sleep } from 'node:timers/promises'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { orderContract } from '@prognetwork/contracts/order'
import { type Browsing, freePort, startBrowser, testPassword } from '@prognetwork/testing'
import pg from 'pg'
import { atLeast, atMost, type Figure, informs } from './figure.ts'
import { watchMainThread } from './main-thread.ts'
import { createCarts, form, makeVariants } from './orders.ts'
import { makeOperator, withoutLimits } from './people.ts'
import { removeState, startServer, temporaryState } from './server-process.ts'
import { makeShop, type Shop } from './shop.ts'
import { superuserOf } from './state-database.ts'

type Page = Browsing['page']

const orders = 100_000
const scrolledMs = 30_000
const wheelPx = 1_200
const wheelMs = 40
const eventsPerSecond = 2_000
const lotsPerSecond = 10
const followedSeconds = 20

/**
 * The console before much of everything: a list of a hundred thousand orders that somebody scrolls
 * through with the wheel, and the live view while two thousand events happen each second. Browser,
 * platform and database share the machine.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const port = await freePort()
  const server = await startServer(state, {
    ...withoutLimits,
    ADMIN_CLIENT_PORT: String(port),
    ADMIN_CLIENT_DEFAULT_PER_MINUTE: '1000000',
    AUTH_CLIENT_PORT: String(await freePort()),
  })
  const sql = new pg.Client(superuserOf(state))
  const browser = await startBrowser()
  try {
    await sql.connect()
    await makeOperator(server)
    const shop = await makeShop(server, 'measured')
    await fill(sql, shop)
    const { page } = await browser.browse()
    const home = `http://localhost:${port}/t/${shop.slug}`
    await enter(page, `${home}/orders`)
    const scrolled = await scroll(page)
    const csv = await takeAlong(page, `${home}/orders.csv`)
    const followed = await follow(page, `${home}/events?types=bench.*`, shop)
    return [...scrolled, ...csv, ...followed]
  } finally {
    await browser.close()
    await sql.end()
    await server.stop()
    await removeState(state)
  }
}

/** One order that was bought, and as many like it as there are to be. */
async function fill(sql: pg.Client, shop: Shop): Promise<void> {
  const variants = await makeVariants(shop, 1)
  const [cartId = ''] = await createCarts(sql, shop.id)(variants, 1, 1)
  const bought = await shop.staff.call(orderContract.operations.checkOut, {
    body: { cartId, ...form },
  })
  if (bought.status !== 201) throw new Error(`nothing was bought: ${JSON.stringify(bought.body)}`)
  await sql.query(
    `insert into order_service.sales_order
     select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),
       'reference', 'R' || at, 'payment_id', null, 'email', at || '@example.com',
       'total_minor', o.total_minor + at, 'placed_at', o.placed_at - at * interval '1 s'))).*
     from order_service.sales_order o, generate_series(2, $2::int) at where o.id = $1`,
    [bought.body.id, orders],
  )
  await sql.query(
    `insert into order_service.order_line
     select (jsonb_populate_record(l, jsonb_build_object('order_id', o.id))).*
     from order_service.order_line l, order_service.sales_order o
     where l.order_id = $1 and o.tenant_id = l.tenant_id and o.id <> l.order_id`,
    [bought.body.id],
  )
  await sql.query('analyze')
}

async function enter(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('[name=email]').fill('operator@example.com')
  await page.locator('[name=password]').fill(testPassword)
  await page.locator('button[type=submit]').first().click()
  const reason = page.locator('[name=reason]')
  await Promise.race([page.waitForURL(address), reason.waitFor().catch(() => {})])
  if (await reason.isVisible()) {
    await reason.fill('A measurement')
    await page.locator('button[type=submit]').first().click()
  }
  await page.waitForURL(address)
}

const lastRow = `Math.max(...[...document.querySelectorAll('tr[aria-rowindex]')]
  .map((one) => Number(one.getAttribute('aria-rowindex'))))`

const isLong = (ms: number) => ms > 50
const longest = (tasks: readonly number[]) => tasks.reduce((most, one) => Math.max(most, one), 0)

async function scroll(page: Page): Promise<Figure[]> {
  await page.locator('tbody tr').nth(5).waitFor()
  await sleep(1_000)
  const ended = await watchMainThread(page)
  await page.mouse.move(700, 500)
  const untilMs = performance.now() + scrolledMs
  while (performance.now() < untilMs) {
    await page.mouse.wheel(0, wheelPx)
    await sleep(wheelMs)
  }
  const tasks = await ended()
  const seen: number = await page.evaluate(lastRow)
  const rows = await page.locator('tbody tr').count()
  return [
    atMost(
      'scrolled with the wheel: tasks over 50 ms of CPU',
      tasks.cpuMs.filter(isLong).length,
      0,
      '',
    ),
    informs('the same: the longest task', longest(tasks.cpuMs), 'ms CPU'),
    informs('the same: tasks over 50 ms by the clock', tasks.clockMs.filter(isLong).length, ''),
    informs('the same: main thread, share of a core', tasks.busy * 100, '%'),
    informs(`the same: orders passed in ${scrolledMs / 1_000} s`, seen, ''),
    atMost('rows in the page at the end', rows, 120, ''),
  ]
}

async function takeAlong(page: Page, address: string): Promise<Figure[]> {
  const { lines, seconds } = await page.evaluate(async (path) => {
    const startedMs = performance.now()
    const text = await (await fetch(path)).text()
    return { lines: text.split('\r\n').length, seconds: (performance.now() - startedMs) / 1_000 }
  }, address)
  if (lines !== orders + 2) throw new Error(`${lines} lines of CSV`)
  return [informs(`${orders} orders as CSV`, orders / seconds, '/s')]
}

async function follow(page: Page, address: string, { staff }: Shop): Promise<Figure[]> {
  await page.goto(address)
  await page.getByText('live', { exact: true }).waitFor()
  const { publishEvents } = eventStreamingContract.operations
  const lot = Array.from({ length: eventsPerSecond / lotsPerSecond }, () => ({
    ...{ specversion: '1.0' as const, type: 'bench.told' },
    data: { text: 'x'.repeat(200) },
  }))
  const ended = await watchMainThread(page)
  const startedMs = performance.now()
  let published = 0
  for (let sent = 0; sent < followedSeconds * lotsPerSecond; sent++) {
    const dueMs = startedMs + (sent * 1_000) / lotsPerSecond
    await sleep(Math.max(0, dueMs - performance.now()))
    const { status } = await staff.call(publishEvents, { body: lot })
    if (status !== 202) throw new Error(`publishing answered ${status}`)
    published += lot.length
  }
  const seconds = (performance.now() - startedMs) / 1_000
  const tasks = await ended()
  const shown = await page.getByText('bench.told').count()
  if (shown === 0) throw new Error('the page shows none of them')
  return [
    atLeast('live view: events each second', published / seconds, eventsPerSecond * 0.95, '/s'),
    atMost('the same: main thread, share of a core', tasks.busy * 100, 20, '%'),
    atMost('the same: tasks over 50 ms of CPU', tasks.cpuMs.filter(isLong).length, 0, ''),
    informs('the same: the longest task', longest(tasks.cpuMs), 'ms CPU'),
  ]
}
