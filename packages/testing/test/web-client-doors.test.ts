// What the servers of web clients let in, asked by hand: cookies, tenants, origins, addresses.
import { request as ask } from 'node:http'
import type { WebClient } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BrowserRequests,
  createBrowserRequests,
  cookieOf as firstOf,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients } from '../../../platform.ts'

let platform: TestPlatform
let shop: TestShop
let other: TestShop
let send: BrowserRequests['send']
let post: BrowserRequests['post']
beforeAll(async () => {
  platform = await startTestPlatform({ clients })
  ;({ send, post } = createBrowserRequests(platform))
  shop = await platform.shop()
  other = await platform.shop()
})
afterAll(() => platform?.stop())

let people = 0
async function newCustomer(): Promise<string> {
  const email = `visitor-${people++}@example.com`
  const { signUp, verifyEmail } = userContract.operations
  const body = { email, password: testPassword, displayName: 'A Visitor' }
  await shop.shopper.call(signUp, { body })
  const token = await platform.mailedToken(email)
  await shop.shopper.call(verifyEmail, { body: { token, password: testPassword } })
  return email
}

/** Signs in at the auth client; answers the cookie. */
async function signIn(email: string): Promise<string> {
  const { cookies, status } = await post('auth-client', shop.slug, '/sign-in', {
    email,
    password: testPassword,
  })
  expect(status).toBe(303)
  return firstOf(cookies, 'pn-auth-client-')
}

/** All the way through the storefront; answers its cookie. */
async function enterShop(email: string): Promise<string> {
  const begun = await send('storefront-client', shop.slug, '/sign-in?to=/cart')
  const waiting = firstOf(begun.cookies, 'pn-sign-in')
  const toAuth = new URL(String(begun.headers.location))
  const kept = await send('auth-client', shop.slug, `${toAuth.pathname}${toAuth.search}`)
  const back = firstOf(kept.cookies, 'pn-way-back')
  const done = await post(
    'auth-client',
    shop.slug,
    '/sign-in',
    { email, password: testPassword },
    { cookie: back },
  )
  const toShop = new URL(String(done.headers.location))
  const entered = await send('storefront-client', shop.slug, `${toShop.pathname}${toShop.search}`, {
    headers: { cookie: waiting },
  })
  expect(entered.headers.location).toBe('/cart')
  return firstOf(entered.cookies, 'pn-storefront-client-')
}

const meWith = (client: WebClient, slug: string | null, cookie: string) =>
  send(client, slug, '/api/v1/me', { headers: { cookie } })

describe('a session', () => {
  test('is in a cookie that no script reads and no other site sends', async () => {
    const { cookies } = await post('auth-client', shop.slug, '/sign-in', {
      email: await newCustomer(),
      password: testPassword,
    })
    const line = cookies.find((one) => one.startsWith('pn-auth-client-')) ?? ''
    expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/)
    expect(line).toContain(`pn-auth-client-${shop.id}=`)
  })

  test('opens its own client in its own tenant, and nothing else', async () => {
    const email = await newCustomer()
    const [auth, store] = [await signIn(email), await enterShop(email)]
    expect(JSON.parse((await meWith('auth-client', shop.slug, auth)).text)).toMatchObject({ email })
    expect(JSON.parse((await meWith('storefront-client', shop.slug, store)).text)).toMatchObject({
      email,
    })
    const value = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1)
    const forged: [WebClient, TestShop, string][] = [
      ['storefront-client', shop, `pn-storefront-client-${shop.id}=${value(auth)}`],
      ['auth-client', shop, `pn-auth-client-${shop.id}=${value(store)}`],
      ['storefront-client', other, `pn-storefront-client-${other.id}=${value(store)}`],
      ['storefront-client', other, store],
    ]
    for (const [client, { slug }, cookie] of forged)
      expect((await meWith(client, slug, cookie)).status).toBe(401)
  })

  test('is refused at /api when it has ended, and is nobody on a page', async () => {
    const store = await enterShop(await newCustomer())
    const left = await post('storefront-client', shop.slug, '/sign-out', {}, { cookie: store })
    expect(left.cookies.join()).toContain('Max-Age=0')
    expect((await meWith('storefront-client', shop.slug, store)).status).toBe(401)
    const page = await send('storefront-client', shop.slug, '/', { headers: { cookie: store } })
    expect([page.status, page.text.includes('Sign in')]).toEqual([200, true])
  })

  test('is begun anew by signing in, whatever cookie the browser brought', async () => {
    const email = await newCustomer()
    const before = await signIn(email)
    const form = { email, password: testPassword }
    const { cookies } = await post('auth-client', shop.slug, '/sign-in', form, { cookie: before })
    expect(firstOf(cookies, 'pn-auth-client-')).not.toBe(before)
    expect((await meWith('auth-client', shop.slug, before)).status).toBe(401)
  })

  test('cannot be opened with tokens or keys, which are for the gateway', async () => {
    const person = await platform.person()
    const { signIn: open } = userContract.operations
    const { body } = await platform.anonymous.call(open, {
      body: { email: person.email, password: testPassword },
    })
    const headers = { authorization: `Bearer ${body.accessToken}` }
    expect((await send('auth-client', null, '/api/v1/me', { headers })).status).toBe(401)
  })
})

describe('another site', () => {
  const sources: [string, Readonly<Record<string, string>>][] = [
    ['names itself', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['is another port of this host', { 'sec-fetch-site': 'same-site' }],
    [
      'is an old browser at another origin',
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
    ],
    ['says nothing', { 'sec-fetch-site': '' }],
  ]
  test.for(sources)(
    'that %s signs nobody in, and changes nothing',
    async ([, { 'sec-fetch-site': site, ...rest }]) => {
      const email = await newCustomer()
      const headers = { ...rest, ...(site !== '' && { 'sec-fetch-site': site ?? '' }) }
      const { host, port } = new URL(platform.addressOf('auth-client', shop.slug))
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const sent = ask(
          {
            ...{ host: '127.0.0.1', port, path: '/sign-in', method: 'POST' },
            headers: { ...headers, host, 'content-type': 'application/x-www-form-urlencoded' },
          },
          (response) => {
            response.resume()
            resolve(response.statusCode)
          },
        )
        sent.once('error', reject)
        sent.end(new URLSearchParams({ email, password: testPassword }).toString())
      })
      expect(status).toBe(403)
    },
  )

  test('reads nothing through a session', async () => {
    const cookie = await enterShop(await newCustomer())
    const headers = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const reply = await send('storefront-client', shop.slug, '/api/v1/me', { headers })
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
    expect(reply.headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  test('shows no page in a frame, and sends no form of it elsewhere', async () => {
    for (const [client, path] of [
      ['auth-client', '/sign-in'],
      ['storefront-client', '/'],
    ] as const) {
      const policy = String(
        (await send(client, shop.slug, path)).headers['content-security-policy'],
      )
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toMatch(/form-action 'self'$/)
      expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'/)
    }
  })
})

describe('a way back', () => {
  test.for([
    'https://evil.example',
    'http://evil.localhost:3014',
    'http://localhost:3014.evil.example',
  ])('to %s is not taken', async (origin) => {
    const email = await newCustomer()
    const query = new URLSearchParams({
      ...{ client: 'storefront-client', origin, state: 'x' },
      challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    })
    const { cookies } = await send('auth-client', shop.slug, `/sign-in?${query}`)
    const cookie = firstOf(cookies, 'pn-way-back')
    const form = { email, password: testPassword }
    const reply = await post('auth-client', shop.slug, '/sign-in', form, { cookie })
    expect(reply.headers.location ?? '/').toMatch(/^\/(?!\/)/)
  })

  test.for([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/a b',
    '/%0d%0aset-cookie:x',
    '/\u65e5\u672c',
    '/\u0001',
    `/${'%'.repeat(1_500)}`,
  ])('to %s within a client leads to a page of the client', async (to) => {
    const begun = await send(
      'storefront-client',
      shop.slug,
      `/sign-in?${new URLSearchParams({ to })}`,
    )
    const waiting = firstOf(begun.cookies, 'pn-sign-in')
    const where = decodeURIComponent(waiting.split('.').slice(2).join('.'))
    expect(where).toMatch(/^\/(?![/\\])/)
    expect(where).toMatch(/^[!-[\]-~]+$/)
    expect(begun.cookies.join().length).toBeLessThan(4_096)
  })

  test('leads to the very address that somebody came from', async () => {
    const to = '/search?q=order.*%20a&sort=-price'
    const begun = await send(
      'storefront-client',
      shop.slug,
      `/sign-in?${new URLSearchParams({ to })}`,
    )
    const toAuth = new URL(String(begun.headers.location))
    const kept = await send('auth-client', shop.slug, `${toAuth.pathname}${toAuth.search}`)
    const form = { email: await newCustomer(), password: testPassword }
    const cookie = firstOf(kept.cookies, 'pn-way-back')
    const done = await post('auth-client', shop.slug, '/sign-in', form, { cookie })
    const toShop = new URL(String(done.headers.location))
    const entered = await send(
      'storefront-client',
      shop.slug,
      `${toShop.pathname}${toShop.search}`,
      {
        headers: { cookie: firstOf(begun.cookies, 'pn-sign-in') },
      },
    )
    expect(entered.headers.location).toBe(to)
  })

  test('is worth nothing without the verifier, or with another state', async () => {
    const email = await newCustomer()
    const begun = await send('storefront-client', shop.slug, '/sign-in')
    const toAuth = new URL(String(begun.headers.location))
    const kept = await send('auth-client', shop.slug, `${toAuth.pathname}${toAuth.search}`)
    const cookie = firstOf(kept.cookies, 'pn-way-back')
    const done = await post(
      'auth-client',
      shop.slug,
      '/sign-in',
      { email, password: testPassword },
      { cookie },
    )
    const { searchParams } = new URL(String(done.headers.location))
    const code = searchParams.get('code') ?? ''
    const waiting = firstOf(begun.cookies, 'pn-sign-in')
    for (const [state, brought] of [
      [searchParams.get('state') ?? '', ''],
      ['another', waiting],
    ] as const) {
      const query = new URLSearchParams({ code, state })
      const reply = await send('storefront-client', shop.slug, `/session?${query}`, {
        headers: { cookie: brought },
      })
      expect(firstOf(reply.cookies, 'pn-storefront-client-')).toBe('')
    }
  })
})

test('nobody reads through the console what a suspended tenant has', async () => {
  const operator = await platform.operator()
  const { id, slug } = await platform.shop()
  const { suspendTenant } = tenantContract.operations
  await operator.call(suspendTenant, { params: { tenantId: id }, body: { reason: 'A test' } })
  const read = (path: string) => send('admin-client', null, `/t/${slug}/${path}`)
  await expect.poll(async () => (await read('api/v1/products')).status).toBe(403)
  expect((await read('%61pi/v1/products')).status).toBe(403)
  expect((await read('products')).headers.location).toContain('/enter?')
})

describe('a page', () => {
  test.for(['localhost:99999', '999.0.0.1', '[::::]'])(
    'of no host, as %s, is refused',
    async (host) => {
      for (const client of ['auth-client', 'storefront-client', 'admin-client'] as const)
        expect((await send(client, null, '/sign-in', { headers: { host } })).status).toBe(400)
    },
  )

  test('of a host that names no tenant of ours is the platform, and of an unknown slug nothing', async () => {
    expect((await send('storefront-client', 'no-such-shop', '/')).status).toBe(404)
    expect((await send('storefront-client', null, '/')).status).toBe(404)
    expect((await send('auth-client', null, '/sign-in')).text).toContain('Sign in to ProgNetwork')
    const headers = { accept: 'text/html' }
    const told = await send('storefront-client', 'no-such-shop', '/', { headers })
    expect(told.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(told.text).toContain('<h1>There is no such tenant</h1>')
  })

  test('that is not there says so with 404, and the file that is not there too', async () => {
    expect((await send('storefront-client', shop.slug, '/nothing/here')).status).toBe(404)
    expect((await send('storefront-client', shop.slug, '/assets/none.js')).status).toBe(404)
    expect((await send('storefront-client', shop.slug, '/../../package.json')).status).toBe(404)
  })

  test('sends its files compressed and for ever, and itself anew each time', async () => {
    const page = await send('storefront-client', shop.slug, '/')
    const path = /href="(\/assets\/[^"]+\.css)"/.exec(page.text)?.[1] ?? ''
    const file = await send('storefront-client', shop.slug, path, {
      headers: { 'accept-encoding': 'br' },
    })
    expect(file.headers['content-encoding']).toBe('br')
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(page.headers['cache-control']).toBe('private, no-cache')
  })

  test('speaks the language that the browser asks for, and English to everybody else', async () => {
    const speaks = async (language: string) =>
      /<html lang="([^"]+)"/.exec(
        (
          await send('storefront-client', shop.slug, '/', {
            headers: { 'accept-language': language },
          })
        ).text,
      )?.[1]
    expect(await speaks('de-AT,de;q=0.9,en;q=0.8')).toBe('de')
    expect(await speaks('fr,en;q=0.5')).toBe('en')
    expect(await speaks('de;q=0,fr')).toBe('en')
    expect(await speaks('')).toBe('en')
  })

  test('is for search engines where it should be, and for nobody else where not', async () => {
    const robots = await send('storefront-client', shop.slug, '/robots.txt')
    expect(robots.text).toContain('Disallow: /account')
    expect((await send('auth-client', shop.slug, '/robots.txt')).text).toContain('Disallow: /\n')
    const sitemap = await send('storefront-client', shop.slug, '/sitemap.xml')
    expect(sitemap.text).toContain(
      `<loc>${platform.addressOf('storefront-client', shop.slug)}/</loc>`,
    )
  })
})

test('following an order asks for the order as reading it does', async () => {
  const key = `${shop.id}.Zk3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6x9jM5hQ2d`
  const { followMyOrder, followOrder } = orderContract.operations
  expect((await shop.shopper.call(followOrder, { params: { key } })).status).toBe(404)
  const params = { orderId: shop.id }
  expect((await shop.shopper.call(followMyOrder, { params })).status).toBe(401)
  expect((await shop.staff.call(followMyOrder, { params })).status).toBe(404)
})
