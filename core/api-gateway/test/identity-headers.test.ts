import type { IncomingHttpHeaders } from 'node:http'
import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withGateway } from './altered-gateway.ts'
import { talk } from './raw-connection.ts'

interface Seen {
  readonly headers: IncomingHttpHeaders
  readonly raw: readonly string[]
  readonly distinct: readonly string[]
}

const seen: Seen[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform({
    definitions: withGateway({
      onForward: (request) =>
        seen.push({
          headers: { ...request.headers },
          raw: request.rawHeaders.filter((_, index) => index % 2 === 0),
          distinct: Object.keys(request.headersDistinct),
        }),
    }),
  })
})
afterAll(() => platform?.stop())

const forged = [
  'X-Prog-Principal',
  'x-prog-tenant',
  'X-User-Id',
  'x-USER-roles',
  'X-Tenant-Id',
  'x-internal-call',
  'X-Forwarded-User',
  'Prog-Address',
]

test('no header that claims an identity reaches a service, in any spelling, once or twice', async () => {
  seen.length = 0
  const answer = await talk(
    platform.origin,
    [
      'GET /api/v1/key-set HTTP/1.1',
      'Host: localhost',
      ...forged.flatMap((name) => [`${name}: operator`, `${name}: owner`]),
      'X-Kept: 1',
      'Connection: close',
      '',
      '',
    ].join('\r\n'),
  )
  expect(answer.status).toBe(200)
  const [request] = seen
  expect(request?.headers).toEqual({ host: 'localhost', 'x-kept': '1', connection: 'close' })
  expect(request?.raw).toEqual(['Host', 'X-Kept', 'Connection'])
  expect(request?.distinct.toSorted()).toEqual(['connection', 'host', 'x-kept'])
})

test('a fault while a request is handed over is answered', async () => {
  const broken = await startTestPlatform({
    definitions: withGateway({
      onForward() {
        throw new Error('broken')
      },
    }),
  })
  try {
    const answer = await broken.anonymous.call(userContract.operations.readKeySet, {})
    expect([answer.status, answer.problem.code]).toEqual([500, 'service.failed'])
  } finally {
    await broken.stop()
  }
})

test('a forged identity opens nothing', async () => {
  const headers = Object.fromEntries(forged.map((name) => [name.toLowerCase(), 'operator']))
  const answer = await platform.anonymous.call(
    userContract.operations.listAccounts,
    {
      query: {},
    },
    headers,
  )
  expect(answer.problem.code).toBe('identity.credential_missing')
})
