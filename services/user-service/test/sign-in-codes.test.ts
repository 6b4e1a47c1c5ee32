import { platformTenantId, type ReturnClient } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import type { TestShop, WebClientServer } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  beginAt,
  close,
  customerOf,
  exchange,
  newVerifier,
  outcome,
  type PendingSignIn,
  redeemAt,
  signInAt,
  startWithClients,
} from './browsers.ts'

const {
  closeBrowserSession,
  createSignInCode,
  redeemSignInCode,
  requestPasswordReset,
  resetPassword,
} = userContract.operations
const dayMs = 24 * 3_600_000
const refused = 'user.code_refused Begin at the sign-in page'

let platform: Awaited<ReturnType<typeof startWithClients>>
let tenant: TestShop
let email: string
let auth: WebClientServer
let shop: WebClientServer
let origin: string
let cookie: string

beforeAll(async () => {
  platform = await startWithClients()
  tenant = await platform.shop()
  email = await customerOf(platform, tenant.id)
  auth = platform.clients.at('auth-client', tenant.id)
  shop = platform.clients.at('storefront-client', tenant.id)
  origin = `http://${tenant.slug}.localhost:3014`
})
beforeEach(async () => {
  cookie = (await signInAt(auth, email)).credential
})
afterAll(() => platform?.stop())

const begin = () => beginAt(auth, cookie, 'storefront-client', origin)

test('a sign-in at the auth client becomes a session of the same person at the shop', async () => {
  const { accountId } = await exchange(auth, cookie)
  const opened = await redeemAt(shop, await begin())
  expect(opened.accountId).toBe(accountId)
  expect(opened.credential).not.toBe(cookie)
  expect(await shop.identify(opened.credential)).toMatchObject({
    subject: accountId,
    tenantId: tenant.id,
    sessionId: opened.sessionId,
  })
  expect(await outcome(auth.identify(opened.credential))).toMatch(/^user.browser_session_refused/)
})

test('the worked example of RFC 7636, appendix B, is accepted', async () => {
  const { code } = await auth.call(createSignInCode, {
    body: {
      credential: cookie,
      client: 'storefront-client',
      returnOrigin: origin,
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      codeChallengeMethod: 'S256',
    },
  })
  const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  expect(await outcome(redeemAt(shop, { code, codeVerifier, returnOrigin: origin }))).toBe('done')
})

test('the session knows when the person signed in, and ends no later than where they did', async () => {
  const person = await customerOf(platform, tenant.id)
  const { credential } = await signInAt(auth, person)
  const signedInAtSeconds = Math.floor(platform.clock.nowMs() / 1000)
  for (let day = 0; day < 6; day++) {
    platform.clock.advance(dayMs - 60_000)
    await exchange(auth, credential)
  }
  const pending = await beginAt(auth, credential, 'storefront-client', origin)
  const opened = await redeemAt(shop, pending)
  const { accessToken } = await exchange(shop, opened.credential)
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
  expect(claims.amr).toEqual(['pwd'])
  expect(Math.abs(claims.auth_time - signedInAtSeconds)).toBeLessThan(30)
  for (let step = 0; step < 2; step++) {
    expect(await outcome(exchange(shop, opened.credential))).toBe('done')
    platform.clock.advance(dayMs / 2 + 5 * 60_000)
  }
  expect(await outcome(exchange(shop, opened.credential))).toMatch(/^user.browser_session_refused/)
})

test('signing out of a client ends the sign-in it came from, and no other', async () => {
  const person = await customerOf(platform, tenant.id)
  const [here, elsewhere] = [await signInAt(auth, person), await signInAt(auth, person)]
  const pending = await beginAt(auth, here.credential, 'storefront-client', origin)
  const opened = await redeemAt(shop, pending)
  await close(shop, opened.credential)
  expect(await outcome(exchange(shop, opened.credential))).toMatch(/^user.browser_session_refused/)
  expect(await outcome(exchange(auth, here.credential))).toMatch(/^user.browser_session_refused/)
  expect(await outcome(exchange(auth, elsewhere.credential))).toBe('done')
  // The other way round a client goes on, as it does when its person signs in anew.
  const next = await beginAt(auth, elsewhere.credential, 'storefront-client', origin)
  const kept = await redeemAt(shop, next)
  await close(auth, elsewhere.credential)
  expect(await outcome(exchange(shop, kept.credential))).toBe('done')
})

describe('a code', () => {
  test('is used once: of twenty at the same time one gets a session', async () => {
    const pending = await begin()
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => redeemAt(shop, pending)),
    )
    const given = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(given).toHaveLength(1)
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from user_service.session s
       join user_service.sign_in_code c on c.opened_session_id = s.id
       where s.client = 'storefront-client' and s.id = $1`,
      [given[0]?.sessionId],
    )
    expect(rows[0].count).toBe(1)
  })

  test('that comes twice ends what it gave, and says so', async () => {
    const pending = await begin()
    const { credential, sessionId, accountId } = await redeemAt(shop, pending)
    expect(await outcome(shop.identify(credential))).toBe('done')
    expect(await outcome(redeemAt(shop, pending))).toBe(refused)
    expect(await outcome(shop.identify(credential))).toMatch(/^user.browser_session_refused/)
    const { rows } = await platform.sql.query(
      `select type, data from every_event
       where key = $1 or (type = 'authentication.failed' and data like $2) order by seq`,
      [sessionId, `%${accountId}%code_reused%`],
    )
    expect(rows.map((row) => row.type).sort()).toEqual(
      expect.arrayContaining(['authentication.failed', 'session.opened', 'session.revoked']),
    )
    expect(await outcome(auth.identify(cookie))).toBe('done')
  })

  test('that comes again by somebody without the verifier ends what it gave as well', async () => {
    const pending = await begin()
    const { credential } = await redeemAt(shop, pending)
    const { codeVerifier } = newVerifier()
    expect(await outcome(redeemAt(shop, { ...pending, codeVerifier }))).toBe(refused)
    expect(await outcome(shop.identify(credential))).toMatch(/^user.browser_session_refused/)
  })

  type Wrong = (pending: PendingSignIn) => [WebClientServer, PendingSignIn]
  const wrongs: readonly [string, Wrong][] = [
    ['another verifier', (one) => [shop, { ...one, ...newVerifier() }]],
    ['the challenge for the verifier', (one) => [shop, { ...one, codeVerifier: 'A'.repeat(43) }]],
    ['another client', (one) => [platform.clients.at('marketing-client', tenant.id), one]],
    ['another origin', (one) => [shop, { ...one, returnOrigin: `${one.returnOrigin}0` }]],
    [
      'the same host over TLS',
      (one) => [shop, { ...one, returnOrigin: one.returnOrigin.replace('http:', 'https:') }],
    ],
  ]
  test.each(wrongs)('presented with %s is refused and spoilt', async (_, make) => {
    const pending = await begin()
    const [server, { code, codeVerifier, returnOrigin }] = make(pending)
    expect(await outcome(redeemAt(server, { code, codeVerifier, returnOrigin }))).toBe(refused)
    expect(await outcome(redeemAt(shop, pending))).toBe(refused)
  })

  test('is nobody to another tenant, which cannot spoil it either', async () => {
    const other = platform.clients.at('storefront-client', (await platform.shop()).id)
    const pending = await begin()
    expect(await outcome(redeemAt(other, pending))).toBe(refused)
    expect(await outcome(redeemAt(shop, pending))).toBe('done')
  })

  test('is good for a minute', async () => {
    const [late, soon] = [await begin(), await begin()]
    platform.clock.advance(59_000)
    expect(await outcome(redeemAt(shop, soon))).toBe('done')
    platform.clock.advance(1_000)
    expect(await outcome(redeemAt(shop, late))).toBe(refused)
  })

  test('is worth nothing once the person has signed out, or set a new password', async () => {
    const pending = await begin()
    await auth.call(closeBrowserSession, { body: { credential: cookie } })
    expect(await outcome(redeemAt(shop, pending))).toBe(refused)

    const person = await customerOf(platform, tenant.id)
    const { credential } = await signInAt(auth, person)
    const second = await beginAt(auth, credential, 'storefront-client', origin)
    const at = { 'prog-tenant': tenant.id }
    await platform.anonymous.call(requestPasswordReset, { body: { email: person } }, at)
    const token = await platform.mailedToken(person)
    const body = { token, password: 'something else entirely' }
    expect((await platform.anonymous.call(resetPassword, { body }, at)).status).toBe(200)
    expect(await outcome(redeemAt(shop, second))).toBe(refused)
  })

  test('nobody was given is refused as any other, and each refusal leaves an audit row', async () => {
    const { codeVerifier } = newVerifier()
    const code = `sc_${'A'.repeat(43)}`
    expect(await outcome(redeemAt(shop, { code, codeVerifier, returnOrigin: origin }))).toBe(
      refused,
    )
    const { rows } = await platform.sql.query(
      `select detail from user_service.audit where tenant_id = $1 and outcome = 'failure'
       order by id desc limit 1`,
      [tenant.id],
    )
    expect(rows).toEqual([{ detail: { reason: 'code_unknown', client: 'storefront-client' } }])
  })

  test('is no cookie, and a cookie is no code', async () => {
    const { code, codeVerifier } = await begin()
    expect(await outcome(exchange(shop, code))).toMatch(/^user.browser_session_refused/)
    const asCode = redeemAt(shop, { code: cookie, codeVerifier, returnOrigin: origin })
    expect(await outcome(asCode)).toBe(refused)
  })

  test('is kept as a hash', async () => {
    const { code } = await begin()
    const { rows } = await platform.sql.query(
      'select to_jsonb(c)::text as row from user_service.sign_in_code c',
    )
    expect(rows.filter(({ row }) => row.includes(code.slice(3)))).toEqual([])
  })

  test('is not made with the cookie of another client, nor asked for by one', async () => {
    const { credential } = await redeemAt(shop, await begin())
    expect(await outcome(beginAt(auth, credential, 'storefront-client', origin))).toMatch(
      /^user.browser_session_refused/,
    )
    expect(await outcome(beginAt(shop, cookie, 'storefront-client', origin))).toMatch(
      /^identity.permission_denied/,
    )
  })

  test.each([
    ['plain', { codeChallengeMethod: 'plain' }],
    ['no method', { codeChallengeMethod: undefined }],
    ['no challenge', { codeChallenge: undefined }],
    ['a short challenge', { codeChallenge: 'A'.repeat(42) }],
  ])('is not made with %s for PKCE', async (_, changed) => {
    const body = {
      credential: cookie,
      client: 'storefront-client',
      returnOrigin: origin,
      codeChallenge: 'A'.repeat(43),
      codeChallengeMethod: 'S256',
      ...changed,
    }
    expect(await outcome(auth.call(createSignInCode, { body: body as never }))).toMatch(
      /^request.invalid/,
    )
  })

  test('takes the place of the session the browser had at that client', async () => {
    const first = await redeemAt(shop, await begin())
    const second = await shop.call(redeemSignInCode, {
      body: { ...(await begin()), replaces: first.credential },
    })
    expect(await outcome(shop.identify(first.credential))).toMatch(/^user.browser_session_refused/)
    expect(await outcome(shop.identify(second.credential))).toBe('done')
  })
})

describe('a code leads back', () => {
  const asked = (client: ReturnClient, returnOrigin: string) =>
    outcome(beginAt(auth, cookie, client, returnOrigin))

  test("to the client's address for the tenant and to no other", async () => {
    const { slug, id } = tenant
    expect(await asked('storefront-client', `http://${slug}.localhost:3014`)).toBe('done')
    expect(await asked('marketing-client', `http://${slug}.localhost:3002`)).toBe('done')
    const other = await platform.shop()
    const unknown: readonly [ReturnClient, string][] = [
      ['storefront-client', `http://${slug}.localhost:3002`],
      ['marketing-client', `http://${slug}.localhost:3014`],
      ['storefront-client', `https://${slug}.localhost:3014`],
      ['storefront-client', `http://${slug}.localhost`],
      ['storefront-client', `http://${other.slug}.localhost:3014`],
      ['storefront-client', `http://${id}.localhost:3014`],
      ['storefront-client', `http://www.${slug}.localhost:3014`],
      ['storefront-client', `http://${slug}.localhost.evil.example:3014`],
      ['storefront-client', `http://${slug}-localhost:3014`],
      ['storefront-client', 'http://localhost:3014'],
      ['storefront-client', 'https://evil.example'],
      ['admin-client', 'http://localhost:3000'],
      ['admin-client', `http://${slug}.localhost:3000`],
    ]
    for (const [client, returnOrigin] of unknown)
      expect(await asked(client, returnOrigin), returnOrigin).toMatch(/^user.return_origin_unknown/)
  })

  test("to a domain of the tenant's own once it is verified, and then over TLS only", async () => {
    const domain = `${tenant.slug}.example.org`
    expect(await asked('storefront-client', `https://${domain}`)).toMatch(/^user.return_origin/)
    const claim = async (state: string, tenantId: string) =>
      platform.sql.query(
        `insert into tenant_service.domain (tenant_id, id, name, state, token, created_at)
         values ($1, gen_random_uuid(), $2, $3, 'token', now())`,
        [tenantId, domain, state],
      )
    await claim('pending', tenant.id)
    expect(await asked('storefront-client', `https://${domain}`)).toMatch(/^user.return_origin/)
    await platform.sql.query(
      "update tenant_service.domain set state = 'verified' where tenant_id = $1",
      [tenant.id],
    )
    expect(await asked('storefront-client', `https://${domain}`)).toBe('done')
    expect(await asked('marketing-client', `https://${domain}`)).toBe('done')
    for (const [client, elsewhere] of [
      ['storefront-client', `http://${domain}`],
      ['storefront-client', `https://${domain}:8443`],
      ['storefront-client', `https://www.${domain}`],
      ['storefront-client', `https://${domain}.`],
      ['admin-client', `https://${domain}`],
    ] as const)
      expect(await asked(client, elsewhere), elsewhere).toMatch(/^user.return_origin_unknown/)
  })

  test.each([
    'http://evil.example@shop.localhost:3014',
    'http://shop.localhost:3014/',
    'http://shop.localhost:3014/path',
    'http://shop.localhost:3014?x',
    'http://shop.localhost:3014#x',
    'http://shop.localhost:3014\\.evil.example',
    'http://SHOP.localhost:3014',
    'http://shop.localhost:03014',
    '//shop.localhost:3014',
    'javascript:alert(1)',
    'null',
    '',
  ])('to an origin, which %j is not', async (returnOrigin) => {
    expect(await asked('storefront-client', returnOrigin)).toMatch(/^request.invalid/)
  })

  test("in the platform's tenant to the clients' own addresses", async () => {
    const person = await platform.person()
    const atPlatform = platform.clients.at('auth-client', platformTenantId)
    const { credential } = await signInAt(atPlatform, person.email)
    const back = (client: ReturnClient, to: string) =>
      outcome(beginAt(atPlatform, credential, client, to))
    expect(await back('admin-client', 'http://localhost:3000')).toBe('done')
    expect(await back('admin-client', 'http://localhost:3014')).toMatch(/^user.return_origin/)
    expect(await back('storefront-client', origin)).toMatch(/^user.return_origin_unknown/)
  })
})
