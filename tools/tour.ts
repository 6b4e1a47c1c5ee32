// `npm run tour`: makes the pictures of docs/tour.md anew. A platform of its own opens its demo shop,
// somebody buys there, staff look at it, and each page is kept as they see it.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Browsing,
  browserMissing,
  choosePorts,
  endProcess,
  environmentFor,
  runProg,
  startBrowser,
  startProg,
} from '@prognetwork/testing'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { root } from './command.ts'

const folder = join(root, 'docs/tour')
const quality = 82

interface Places {
  readonly storefront: string
  readonly auth: string
  readonly console: string
  readonly email: string
  readonly password: string
}

async function keep(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready')
  // What is written into a live page may still be on its way.
  await page.waitForTimeout(800)
  const picture = sharp(await page.screenshot()).webp({ quality })
  await picture.toFile(join(folder, `${name}.webp`))
  process.stdout.write(`${name}\n`)
}

/** From the first page of the shop to the order, on a phone. */
async function shop({ page }: Browsing, { storefront }: Places): Promise<void> {
  await page.goto(storefront)
  await keep(page, 'shop-phone')
  await page.goto(`${storefront}/search?q=oak`)
  await page.getByRole('link', { name: /Oak Stool/ }).click()
  await page.getByRole('button', { name: 'Put into the cart' }).waitFor()
  await keep(page, 'product-phone')
  await page.getByRole('button', { name: 'Put into the cart' }).click()
  await page.getByRole('link', { name: 'To the checkout' }).click()
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Street and number').fill('12 St James Square')
  await page.getByLabel('City').fill('London')
  await page.getByLabel('Valid until').fill('12/30')
  await page.getByLabel('Security code').fill('123')
  await keep(page, 'checkout-phone')
  await page.getByRole('button', { name: /^Order and pay/ }).click()
  await page.getByText('This page follows the order by itself.').waitFor()
  await keep(page, 'order-phone')
}

async function work({ page }: Browsing, places: Places, look: string): Promise<void> {
  await page.goto(`${places.console}/orders`)
  await page.getByLabel('E-mail').fill(places.email)
  await page.getByLabel('Password').fill(places.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  for (const name of ['orders', 'products', 'events']) {
    await page.goto(`${places.console}/${name}`)
    await page.getByText('live', { exact: true }).waitFor()
    await keep(page, `console-${name}-${look}`)
  }
  await page.goto(`${places.console}/orders`)
  await page.locator('tbody a').first().click()
  await page.getByRole('heading', { name: /^Order / }).waitFor()
  await keep(page, `console-order-${look}`)
  await page.getByRole('link', { name: 'What was done for it' }).first().click()
  await page.locator('tbody a').last().click()
  await page.getByText('What it was about').waitFor()
  await keep(page, `console-trace-${look}`)
  await page.goto(`${places.console}/products`)
  await page.locator('tbody a').first().click()
  await page.getByRole('button', { name: 'Save' }).first().waitFor()
  await keep(page, `console-product-${look}`)
  await page.goto(`${places.console}/ledger`)
  await page.getByText('Balanced').waitFor()
  await keep(page, `console-ledger-${look}`)
  await page.goto(`${places.console}/mail`)
  await page.locator('tbody a').first().click()
  await page.frameLocator('iframe').locator('body').waitFor()
  await keep(page, `console-mail-${look}`)
}

async function walk(places: Places): Promise<void> {
  const browser = await startBrowser()
  try {
    const phone = await browser.browse({ isPhone: true })
    await shop(phone, places)
    await phone.close()
    for (const [look, isDark] of [
      ['light', false],
      ['dark', true],
    ] as const) {
      const desk = await browser.browse({ isDark })
      await desk.page.goto(places.storefront)
      await keep(desk.page, `shop-${look}`)
      await desk.page.goto(`${places.auth}/sign-in`)
      await keep(desk.page, `sign-in-${look}`)
      await work(desk, places, look)
      await desk.close()
    }
  } finally {
    await browser.close()
  }
}

if (browserMissing) throw new Error(`The tour ${browserMissing}.`)
const stateDirectory = await mkdtemp(join(tmpdir(), 'prog-tour-'))
// As root the database runs as another user, who must be able to walk through.
await chmod(stateDirectory, 0o711)
await mkdir(folder, { recursive: true })
const ports = await choosePorts()
const env = environmentFor(undefined, stateDirectory, ports)
const platform = await startProg(['up'], env)
try {
  const { stdout } = await runProg(['demo', '--repeat', '12'], env)
  const [, slug, email = '', password = ''] =
    /owner of (\S+) is (\S+); password: (\S+)/.exec(stdout) ?? []
  if (slug === undefined) throw new Error(`the demo did not tell of its owner: ${stdout}`)
  await walk({
    storefront: `http://${slug}.localhost:${ports.get('storefront-client')}`,
    auth: `http://${slug}.localhost:${ports.get('auth-client')}`,
    console: `http://localhost:${ports.get('admin-client')}/t/${slug}`,
    ...{ email, password },
  })
} finally {
  await endProcess(platform, 'SIGTERM')
  await rm(stateDirectory, { recursive: true, force: true })
}
