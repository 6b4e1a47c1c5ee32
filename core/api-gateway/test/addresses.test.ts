import { startTestPlatform, type TestClient, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from './altered-gateway.ts'
import { talk } from './raw-connection.ts'

let platform: TestPlatform
let operator: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  operator = await platform.operator()
})
afterAll(() => platform?.stop())

test('HEAD is GET without its body', async () => {
  for (const path of ['/api/v1/key-set', '/api/v1/me', '/openapi.json', '/health', '/']) {
    const got = await operator.raw('GET', path)
    const asked = await operator.raw('HEAD', path)
    expect([path, asked.status, asked.body]).toEqual([path, 200, undefined])
    for (const header of ['content-type', 'content-length', 'etag'])
      expect([path, header, asked.headers[header]]).toEqual([path, header, got.headers[header]])
  }
})

test('HEAD of what is not there, or not allowed, is refused like GET', async () => {
  expect((await platform.anonymous.raw('HEAD', '/nowhere')).status).toBe(404)
  expect((await platform.anonymous.raw('HEAD', '/api/v1/me')).status).toBe(401)
  const answer = await platform.anonymous.raw('HEAD', '/api/v1/sessions')
  expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
})

test('OPTIONS tells the methods of an address, and 404 where there is none', async () => {
  const known = await platform.anonymous.raw('OPTIONS', '/api/v1/me')
  expect([known.status, known.headers.allow]).toEqual([204, 'GET, HEAD, PATCH, OPTIONS'])
  expect((await platform.anonymous.raw('OPTIONS', '/nowhere')).problem.code).toBe(
    'request.route_missing',
  )
  expect((await platform.anonymous.raw('OPTIONS', '/%')).status).toBe(400)
})

test('a wrong method is 405 with the right ones, a wrong address 404', async () => {
  const wrong = await operator.raw('DELETE', '/api/v1/key-set')
  expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD'])
  expect((await operator.raw('DELETE', '/api/v1/nowhere')).status).toBe(404)
})

test('operations for other services are not there', async () => {
  const internal = operations.filter(({ shape }) => 'service' in shape.auth)
  expect(internal.length).toBeGreaterThan(0)
  const open = operations.filter((one) => !internal.includes(one)).map(({ path }) => path)
  for (const { method, path } of internal) {
    const answer = await operator.raw(method, `/api${path.replaceAll(/\{\w+\}/g, 'x')}`)
    // Something else may be done at the same address.
    const code = open.includes(path) ? 'request.method_not_allowed' : 'request.route_missing'
    expect([path, answer.problem.code]).toEqual([path, code])
  }
})

test('the services own paths, without /api, are not there', async () => {
  for (const { method, path } of operations) {
    const answer = await operator.raw(method, path.replaceAll(/\{\w+\}/g, 'x'))
    expect([path, answer.status]).toEqual([path, 404])
  }
})

test('an address written otherwise finds the same operation or none, never a fault', async () => {
  const encoded = await platform.anonymous.raw('GET', '/%61pi/v1/key-set')
  expect(encoded.status).toBe(200)
  expect(encoded.body).toMatchObject({ keys: expect.any(Array) })
})

const odd = [
  '//',
  '///',
  '//api/v1/me',
  '/api//v1/me',
  '/api/v1//me',
  '/api/v1/me/',
  '/api/v1/me//',
  '/API/v1/me',
  '/api/v1/ME',
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '/.',
  '/..',
  '/../../etc/passwd',
  '/api/../metrics',
  '/api/v1/../../metrics',
  '/api/%2e%2e/metrics',
  '/api/v1/%2e%2e/%2e%2e/debug/vars',
  '/api/v1/me%2f..%2fsessions',
  '/api%2fv1%2fme',
  '/api\\v1\\me',
  '/api/v1/me;x=1',
  '/api/v1/me%3fx=1',
  '/api/v1/me%00',
  '/%00',
  '/%',
  '/%zz',
  '/%c0%af',
  '/%ff%fe',
  '/api/v1/me/sessions/%',
  '/api/v1/me/sessions/%00',
  '/api/v1/me/sessions/%2e%2e',
  '/api/v1/me/sessions/..',
  '/api/v1/me/sessions/%ff',
  `/api/v1/me/sessions/${'x'.repeat(499)}`,
  `/api/v1/me/sessions/${'x'.repeat(5_000)}`,
  `/${'a/'.repeat(3_000)}`,
  '/?',
  '/api/v1/accounts?limit=%',
  '/api/v1/accounts?limit=%00',
  '/api/v1/accounts?limit[]=1',
  '/api/v1/accounts?__proto__=1',
  '/api/v1/accounts?constructor.prototype=1',
  `/api/v1/accounts?${'a=1&'.repeat(1_500)}`,
  '/docs/../openapi.json',
  '/docs/%2e%2e/package.json',
  '/docs/swagger-ui.css/',
  '/*',
  '/:path',
  '*',
]

test.each(['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD'])(
  'odd addresses under %s are answered, or refused with a problem, and never our fault',
  async (method) => {
    const { authorization = '' } = await credential()
    for (const address of odd) {
      const answer = await talk(
        platform.origin,
        `${method} ${address} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
      )
      const shown = `${method} ${address.slice(0, 60)} -> ${answer.status} ${answer.body.slice(0, 200)}`
      expect(answer.status, shown).toBeGreaterThan(199)
      expect(answer.status, shown).toBeLessThan(500)
      if (answer.status < 400 || method === 'HEAD') continue
      expect(answer.headers['content-type'], shown).toContain('application/problem+json')
      expect(JSON.parse(answer.body), shown).toMatchObject({
        code: expect.stringMatching(/^[a-z]+\.[a-z_]+$/),
        status: answer.status,
      })
    }
  },
)

test('what only operators may see is not reached by way of another address', async () => {
  for (const address of odd) {
    const answer = await talk(
      platform.origin,
      `GET ${address} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    )
    expect(answer.body, address).not.toMatch(/nodejs_|uptimeSeconds|root:/)
  }
})

async function credential(): Promise<{ authorization?: string }> {
  const { body } = await platform.anonymous.raw('POST', '/api/v1/sessions', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'operator@example.com', password: 'a fine and private place' }),
  })
  return { authorization: `Bearer ${(body as { accessToken: string }).accessToken}` }
}
