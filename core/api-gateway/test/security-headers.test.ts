import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withGateway } from './altered-gateway.ts'

const { readKeySet, readProfile } = userContract.operations
const shop = 'https://shop.example'
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform({
    configuration: { 'api-gateway': { corsOrigins: `${shop}, https://admin.example` } },
  })
})
afterAll(() => platform?.stop())

describe('security headers', () => {
  const wanted = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
  }

  test('stand on replies of services, of the gateway and on problems of both', async () => {
    const person = await platform.person()
    const answers = [
      await platform.anonymous.call(readKeySet, {}),
      await person.raw('GET', '/api/v1/me?unknown=1'),
      await platform.anonymous.raw('GET', '/health'),
      await platform.anonymous.raw('GET', '/nowhere'),
      await platform.anonymous.raw('GET', '/%'),
      await platform.anonymous.raw('OPTIONS', '/api/v1/me'),
    ]
    expect(answers.map((one) => one.status)).toEqual([200, 400, 200, 404, 400, 204])
    for (const { headers } of answers) expect(headers).toMatchObject(wanted)
  })

  test('nothing says which software answers', async () => {
    const { headers } = await platform.anonymous.call(readKeySet, {})
    expect(headers.server).toBeUndefined()
    expect(headers['x-powered-by']).toBeUndefined()
  })

  test('a reply to a credential is not stored, a public one may be', async () => {
    const person = await platform.person()
    const own = await person.call(readProfile, {})
    expect(own.headers['cache-control']).toBe('no-store')
    const open = await platform.anonymous.call(readKeySet, {})
    expect(open.headers['cache-control']).toBeUndefined()
  })

  test('strict transport security is sent where people come by TLS, and only there', async () => {
    const plain = await platform.anonymous.raw('GET', '/health')
    expect(plain.headers['strict-transport-security']).toBeUndefined()
    const secure = await startTestPlatform({
      definitions: withGateway({ publicUrl: 'https://prog.example' }),
    })
    try {
      const { headers } = await secure.anonymous.raw('GET', '/health')
      expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
    } finally {
      await secure.stop()
    }
  })
})

describe('cross-origin requests', () => {
  const from = (origin: string) => ({ headers: { origin } })

  test('an allowed origin may read the reply and the headers it needs', async () => {
    const { headers } = await platform.anonymous.raw('GET', '/api/v1/key-set', from(shop))
    expect(headers['access-control-allow-origin']).toBe(shop)
    expect(headers.vary).toBe('Origin')
    const exposed = String(headers['access-control-expose-headers']).split(', ')
    expect(exposed).toEqual(
      expect.arrayContaining(['etag', 'ratelimit', 'retry-after', 'prog-trace-id']),
    )
  })

  test('credentials mode is never allowed', async () => {
    const { headers } = await platform.anonymous.raw('GET', '/api/v1/key-set', from(shop))
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })

  test.each([
    'https://shop.example.evil.test',
    'https://evil.test',
    'http://shop.example',
    'https://shop.example:8443',
    'https://SHOP.example',
    'null',
    '*',
  ])('%s is not allowed, and its absence is not cached for others', async (origin) => {
    const { headers } = await platform.anonymous.raw('GET', '/api/v1/key-set', from(origin))
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers.vary).toBe('Origin')
  })

  test('a preflight is answered with the methods of that path', async () => {
    const answer = await platform.anonymous.raw('OPTIONS', '/api/v1/me', {
      headers: { origin: shop, 'access-control-request-method': 'PATCH' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': shop,
      'access-control-allow-methods': 'GET, HEAD, PATCH',
      'access-control-allow-headers': expect.stringContaining('idempotency-key'),
      allow: 'GET, HEAD, PATCH, OPTIONS',
    })
  })

  test('a preflight from elsewhere, or to nowhere, allows nothing', async () => {
    const elsewhere = await platform.anonymous.raw('OPTIONS', '/api/v1/me', {
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'PATCH' },
    })
    expect(elsewhere.headers['access-control-allow-methods']).toBeUndefined()
    const nowhere = await platform.anonymous.raw('OPTIONS', '/api/v1/nowhere', from(shop))
    expect(nowhere.problem.code).toBe('request.route_missing')
  })

  test('a problem is readable across origins too', async () => {
    const { headers, status } = await platform.anonymous.raw('GET', '/api/v1/me', from(shop))
    expect([status, headers['access-control-allow-origin']]).toEqual([401, shop])
  })
})

test('an origin that is none stops the start', async () => {
  const start = startTestPlatform({
    configuration: { 'api-gateway': { corsOrigins: 'https://shop.example/' } },
  })
  await expect(start).rejects.toThrow(/must be origins/)
})
