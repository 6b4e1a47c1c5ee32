// What people, and programs in their place, send to the pages of web clients.
import type { WebClient } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserRequests,
  cookieOf,
  createBrowserRequests,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients } from '../../../platform.ts'

let platform: TestPlatform
let shop: TestShop
let send: BrowserRequests['send']
let post: BrowserRequests['post']
beforeAll(async () => {
  platform = await startTestPlatform({ clients })
  ;({ send, post } = createBrowserRequests(platform))
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

describe('a form', () => {
  const pages: [WebClient, string][] = [
    ['auth-client', '/sign-in'],
    ['auth-client', '/sign-up'],
    ['auth-client', '/reset-password'],
    ['storefront-client', '/checkout'],
    ['storefront-client', '/bank/x'],
  ]
  test.for([
    ['application/json', '{}'],
    ['multipart/form-data; boundary=x', 'no part'],
    ['', ''],
  ] as const)('in %s is refused as such', async ([type, body]) => {
    for (const [client, path] of pages) {
      const headers = { accept: 'text/html', ...(type !== '' && { 'content-type': type }) }
      const asked = { method: 'POST', headers, chunks: [body] }
      expect((await send(client, shop.slug, path, asked)).status).toBe(415)
    }
  })

  test('that goes on and on is not held until it ends', async () => {
    let taken = 0
    function* endless() {
      for (; taken < 2_000; taken++) yield 'x'.repeat(16_384)
    }
    const { status } = await send('auth-client', shop.slug, '/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      chunks: endless(),
    })
    expect(status).toBe(413)
    expect(taken).toBeLessThan(2_000)
  })
})

test('what is expected of a field is said in the language of its reader', async () => {
  const form = { email: 'nonsense', displayName: 'A', password: 'short' }
  const say = async (language: string) =>
    (await post('auth-client', null, '/sign-up', form, { 'accept-language': language })).text
  const german = await say('de-AT')
  expect(german).toContain('eine E-Mail-Adresse')
  expect(german).toMatch(/mindestens \d+ Zeichen/)
  expect(german).not.toMatch(/at least \d+ characters/)
  const english = await say('en-GB')
  expect(english).toContain('an e-mail address')
  expect(english).toMatch(/at least \d+ characters/)
})

test('an order that is sent twice is one order, and both are led to it', async () => {
  const prices = [{ amountMinor: 4_900, currency: 'EUR' }]
  const { body: product } = await shop.staff.call(productContract.operations.createProduct, {
    body: { title: 'Oak Stool', status: 'active', variants: [{ onHand: 9, prices }] },
  })
  const variant = product.variants[0]?.id ?? ''
  const filled = await post('storefront-client', shop.slug, `/products/${product.slug}`, {
    variant,
  })
  const cookie = cookieOf(filled.cookies, 'pn-cart')
  const card = { cardNumber: '4242424242424242', expiry: '12/90', securityCode: '123' }
  const form = {
    ...{ email: 'guest@example.com', name: 'A Guest', line1: '1 Street', city: 'London' },
    ...{ country: 'GB', expected: '4900 EUR', ...card },
  }
  const pay = () => post('storefront-client', shop.slug, '/checkout', form, { cookie })
  const atOnce = await Promise.all([pay(), pay()])
  const replies = [...atOnce, await pay()].map(({ headers }) => String(headers.location))
  expect(replies[0]).toMatch(/^\/orders\/./)
  expect(new Set(replies).size).toBe(1)
})
