// The catalogue in the console: what staff make and change there, shoppers see and the API answers.
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  createTenants,
  startBrowserPlatform,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const { changeProduct, createCategory, createLocation, createProduct, readCatalogueProduct } =
  productContract.operations

describe('the catalogue in the console', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let home: string
  let browsing: Browsing
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    shop = await platform.shop()
    home = `${platform.addressOf('admin-client')}/t/${shop.slug}/products`
  }, 120_000)
  beforeEach(async (context) => {
    if (browserMissing) context.skip(browserMissing)
    browsing = await platform.browse()
    return () => browsing.close()
  })
  afterAll(() => platform?.stop())

  async function open({ page }: Browsing, { email }: { readonly email: string }, address: string) {
    await page.goto(address)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(address)
  }

  let made = 0
  async function product() {
    const prices = [{ amountMinor: 1_250, currency: 'EUR' }]
    const variants = ['Small', 'Large'].map((size) => ({
      ...{ optionValues: [size], onHand: 5, prices, sku: `SKU-${made++}` },
    }))
    const body = { title: `Jug ${made}`, options: ['Size'], variants }
    const { body: kept } = await shop.staff.call(createProduct, { body })
    const read = async () => {
      const params = { productId: kept.id }
      return (await shop.staff.call(readCatalogueProduct, { params })).body
    }
    return { ...kept, read }
  }

  test('a product is made, described, put on sale and seen in the shop', async () => {
    const { page, complaints } = browsing
    await shop.staff.call(createCategory, { body: { name: 'Garden' } })
    await open(browsing, shop.owner, home)
    await page.getByRole('link', { name: 'New product' }).click()
    await page.getByLabel('Name').fill('Willow Basket')
    await page.getByLabel('Price, EUR', { exact: true }).fill('nineteen')
    await page.getByLabel('SKU').fill('BASKET-S')
    await page.getByLabel('On hand').fill('4')
    await page.getByText('There are several of it').click()
    await page.getByLabel('1. differs in').fill('Size')
    await page.getByLabel('1. of the first one').fill('Small')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('An amount such as 19.99.').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('Willow Basket')
    await page.getByLabel('Price, EUR', { exact: true }).fill('19,99')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByRole('heading', { name: 'Willow Basket' }).waitFor()
    await page.getByRole('row', { name: /Small BASKET-S 4 0 €19.99/ }).waitFor()
    await page.getByLabel('Slug').fill('Not a slug')
    await page.getByLabel('Garden').check()
    await page.getByLabel('State').selectOption('On sale')
    await page.getByLabel('Description').fill('<p>Woven by hand.</p>')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Small letters and digits, joined by hyphens.').waitFor()
    await page.getByLabel('Slug').fill('willow-basket')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'In the shop' }).click()
    await page.getByText('Woven by hand.').waitFor()
    await page.getByText('€19.99').first().waitFor()
    expect(complaints).toEqual([])
  })

  test.each([true, false])(
    'a product is translated, and what is wrong is said where it is (script: %s)',
    async (hasScript) => {
      const drawn = await platform.browse({ hasScript })
      const { page, complaints, violations } = drawn
      const jug = await product()
      await open(drawn, shop.owner, `${home}/${jug.id}`)
      await page.getByRole('link', { name: 'Add a language' }).click()
      const drawer = page.getByRole('region', { name: 'Another language' })
      await drawer.getByLabel('Language').fill('d!')
      await drawer.getByLabel('Name').fill('Krug')
      await drawer.getByLabel('“Small” is called').fill('Klein')
      await drawer.getByRole('button', { name: 'Keep it' }).click()
      await drawer.getByText('A language such as de that').waitFor()
      expect(await drawer.getByLabel('“Small” is called').inputValue()).toBe('Klein')
      if (hasScript) expect(await violations()).toEqual([])
      await drawer.getByLabel('Language').fill('DE-at')
      await drawer.getByRole('button', { name: 'Keep it' }).click()
      await page.getByRole('link', { name: 'Austrian German' }).click()
      const german = page.getByRole('region', { name: 'Austrian German' })
      await german.getByLabel('Description').fill('<p>Aus Ton.</p>')
      await german.getByLabel('“Size” is called').fill('Größe')
      await german.getByRole('button', { name: 'Keep it' }).click()
      await page.waitForURL(`${home}/${jug.id}`)
      expect((await jug.read()).translations).toEqual([
        {
          ...{ locale: 'de-AT', title: 'Krug', description: '<p>Aus Ton.</p>' },
          terms: [
            { term: 'Size', text: 'Größe' },
            { term: 'Small', text: 'Klein' },
          ],
        },
      ])
      await page.getByRole('link', { name: 'Austrian German' }).click()
      await german.getByText('Remove the language').click()
      await german.getByRole('button', { name: 'Remove it' }).click()
      await page.getByText('It is written in the language of the shop alone.').waitFor()
      expect(complaints).toEqual([])
      await drawn.close()
    },
  )

  test('a variant is added, priced and counted, and its stock moved with a reason', async () => {
    const { page, complaints } = browsing
    const jug = await product()
    await shop.staff.call(createLocation, { body: { name: 'Harbour' } })
    await open(browsing, shop.owner, `${home}/${jug.id}`)
    await page.getByRole('link', { name: 'Add a variant' }).click()
    await page.getByLabel('Size').fill('Large')
    await page.getByLabel('SKU').fill(jug.variants[0]?.sku ?? '')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Size').fill('Huge')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('Another variant has this SKU.').first().waitFor()
    await page.getByLabel('SKU').fill(`HUGE-${made++}`)
    await page.getByLabel('Price, EUR', { exact: true }).fill('30')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByRole('heading', { name: 'Huge' }).waitFor()
    await page.getByText('Adjust', { exact: true }).click()
    await page.getByLabel('I know').selectOption('how many there are')
    await page.getByLabel('Number').fill('9')
    await page.getByLabel('Reason').selectOption('Counted')
    await page.getByLabel('Where').selectOption('Harbour')
    await page.getByLabel('Note').first().fill('By two people')
    await page.getByRole('button', { name: 'Adjust it' }).click()
    const row = page.getByRole('row', { name: /Huge HUGE-\d+ 9 0 €30.00/ })
    await row.waitFor()
    await page.getByText('Move', { exact: true }).click()
    await page.getByLabel('From').selectOption('Harbour')
    await page.getByLabel('How many').fill('4')
    await page.getByRole('button', { name: 'Move them' }).click()
    await page.getByText('How it came to be').click()
    await page.getByText('By two people').waitFor()
    await page.getByText('-4', { exact: true }).waitFor()
    await page.getByText('Remove the variant').click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await row.waitFor({ state: 'detached' })
    expect((await jug.read()).variants).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  test('pictures are sent, put in order, described and removed', async () => {
    const { page } = browsing
    const jug = await product()
    await open(browsing, shop.owner, `${home}/${jug.id}`)
    await page.getByText('No picture yet.').waitFor()
    const drawn = (color: string) =>
      sharp({ create: { width: 300, height: 200, channels: 3, background: color } })
        .png()
        .toBuffer()
    const files = [
      { name: 'red.png', mimeType: 'image/png', buffer: await drawn('red') },
      { name: 'blue.png', mimeType: 'image/png', buffer: await drawn('blue') },
    ]
    await page.getByLabel('Add pictures').setInputFiles(files)
    const pictures = page.locator('.pictures > li')
    await expect.poll(() => pictures.count()).toBe(2)
    await pictures.last().getByLabel('In words').fill('A blue jug')
    await pictures.last().getByLabel('Place').fill('1')
    await pictures.last().getByRole('button', { name: 'Save' }).click()
    await expect
      .poll(async () => (await jug.read()).images.map(({ alt }) => alt))
      .toEqual(['A blue jug', null])
    await pictures.first().getByRole('img', { name: 'A blue jug' }).waitFor()
    await pictures.last().getByText('Remove', { exact: true }).click()
    await pictures.last().getByRole('button', { name: 'Remove it' }).click()
    await expect.poll(() => pictures.count()).toBe(1)
    const junk = { name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }
    await page.getByLabel('Add pictures').setInputFiles([junk])
    await page.getByText('This is no picture that can be taken.').waitFor()
  })

  test('what somebody else changed meanwhile is not overwritten unseen, without script', async () => {
    const plain = await platform.browse({ hasScript: false })
    const { page } = plain
    const jug = await product()
    await open(plain, shop.owner, `${home}/${jug.id}`)
    await shop.staff.call(changeProduct, {
      params: { productId: jug.id },
      body: { version: 1, changes: { vendor: 'Theirs' } },
    })
    await page.getByLabel('Name').fill('Mine')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByText('Somebody else changed the product meanwhile.').waitFor()
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('heading', { name: 'Mine' }).waitFor()
    expect((await jug.read()).version).toBe(3)
    await plain.close()
  })

  test('who may only look finds nothing to send, and another tenant nothing at all', async () => {
    const { page } = browsing
    const jug = await product()
    const viewer = await createTenants(platform).join(shop, 'viewer')
    await open(browsing, viewer, `${home}/${jug.id}/variants/${jug.variants[0]?.id}`)
    await page.getByRole('heading', { name: 'Small' }).waitFor()
    expect(await page.getByRole('button', { name: /Save|Adjust|Remove/ }).count()).toBe(0)
    const other = await platform.shop()
    const theirs = await platform.browse()
    const address = `${platform.addressOf('admin-client')}/t/${other.slug}/products/${jug.id}`
    await open(theirs, other.owner, address)
    await theirs.page.getByText('There is nothing at this address').waitFor()
    await theirs.close()
  })

  test('a list is tried, told by line what is wrong, taken in, and written out again', async () => {
    const { page, complaints } = browsing
    await open(browsing, shop.owner, home)
    await page.getByRole('link', { name: 'Import, export' }).click()
    const text = 'slug,title,price\nmug,Listed Mug,7.50\nbowl,Listed Bowl,cheap\n'
    const file = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
    await page.getByLabel('File').setInputFiles(file)
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('Tried 2 rows; nothing was changed.').waitFor()
    await page.getByRole('row', { name: /^3 price/ }).waitFor()
    const mugs = async () => {
      const { body } = await shop.shopper.call(productContract.operations.searchProducts, {
        query: { q: 'listed mug' },
      })
      return body.items.map(({ title }) => title)
    }
    expect(await mugs()).toEqual([])
    await page.getByRole('button', { name: 'Take it in' }).click()
    await page.getByText('Took in 2 rows.').waitFor()
    await page.getByText('1 new, 0 changed, 0 as before').first().waitFor()
    await page.getByRole('button', { name: 'Write the file' }).click()
    await page.getByText('Ready', { exact: true }).waitFor()
    const address = await page.getByRole('link', { name: 'Download' }).getAttribute('href')
    const { pathname, search } = new URL(address ?? '')
    const written = await page.request.get(`${platform.origin}${pathname}${search}`)
    expect(await written.text()).toContain('Listed Mug')
    expect(complaints).toEqual([])
  })

  test('what is no list is refused as a whole', async () => {
    const { page } = browsing
    await open(browsing, shop.owner, `${home}/lists`)
    const file = { name: 'no.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') }
    await page.getByLabel('File').setInputFiles(file)
    await page.getByRole('button', { name: 'Take it in' }).click()
    await page.getByText('This cannot be read as a product list.').waitFor()
  })
})
