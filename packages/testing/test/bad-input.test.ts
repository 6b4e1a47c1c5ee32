import type { NamedOperation } from '@prognetwork/contracts'
import { startTestPlatform, type TestClient, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../../platform.ts'

// Every operation of the contracts, with input no honest client would send: each must be answered
// with a problem that has a code, or be accepted; nothing may be our fault.

const operations = services
  .flatMap((service) => Object.values<NamedOperation>(service.contract.operations))
  .filter((operation) => !('service' in operation.shape.auth))

let platform: TestPlatform
let operator: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  operator = await platform.operator()
})
afterAll(() => platform?.stop())

const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'a\u0000b',
  '\ud800',
  'x'.repeat(300_000),
  [],
  {},
  [[[[]]]],
  { $ne: 1 },
  "'; drop table account; --",
]

interface Example {
  readonly params?: Record<string, unknown>
  readonly query?: Record<string, unknown>
  readonly body?: unknown
}

/** Signing out would end the session that the sweep works under. */
const endsTheSession = new Set(['signOut', 'revokeAllSessions'])

function pathOf(operation: NamedOperation, params: Record<string, unknown>): string {
  return `/api${operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name])))}`
}

async function expectNoFault(
  client: TestClient,
  operation: NamedOperation,
  path: string,
  body: string | Buffer | undefined,
  contentType = 'application/json',
): Promise<void> {
  const answer = await client.raw(operation.method, path, {
    ...(body !== undefined && { body }),
    headers: body === undefined ? {} : { 'content-type': contentType },
  })
  const shown = `${operation.name} ${path.slice(0, 100)} ${String(body).slice(0, 200)} -> ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`
  expect(answer.status, shown).toBeLessThan(500)
  if (answer.status >= 400) {
    expect(String(answer.headers['content-type']), shown).toContain('application/problem+json')
    expect(answer.problem, shown).toMatchObject({
      code: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
      detail: expect.stringMatching(/\S/),
      status: answer.status,
    })
  }
}

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  (_, operation) => {
    const example = operation.shape.example as Example
    const path = pathOf(operation, example.params ?? {})
    const send = (body: string | Buffer | undefined, contentType?: string) =>
      expectNoFault(operator, operation, path, body, contentType)

    test('with a body that is broken, of another type, or too large', async () => {
      if (operation.method === 'GET') return
      const text = JSON.stringify(example.body ?? {})
      for (const body of [
        '{',
        '"',
        'null',
        '1',
        '[]',
        '"text"',
        '{"__proto__":{"a":1}}',
        '{"constructor":{"prototype":{"a":1}}}',
        `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
        `{"a":"${'x'.repeat(2_000_000)}"}`,
        Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      ])
        if (!endsTheSession.has(operation.name) || operation.shape.body) await send(body)
      if (operation.shape.body)
        for (const type of [
          'text/plain',
          'application/xml',
          'application/x-www-form-urlencoded',
          'x',
        ])
          await send(text, type)
    })

    test('with a wrong value in each field of the body, a missing one and an unknown one', async () => {
      const { body } = example
      if (typeof body !== 'object' || body === null || !operation.shape.body) return
      for (const field of Object.keys(body)) {
        for (const value of wrongValues) await send(JSON.stringify({ ...body, [field]: value }))
        await send(JSON.stringify({ ...body, [field]: undefined }))
      }
      const unknown = await operator.raw(operation.method, path, {
        body: JSON.stringify({ ...body, tenantId: 'x', role: 'operator' }),
        headers: { 'content-type': 'application/json' },
      })
      expect(unknown.problem.errors?.map((one) => one.pointer)).toEqual(
        expect.arrayContaining(['/body/tenantId', '/body/role']),
      )
    })

    test('with a wrong value in each part of the address', async () => {
      for (const name of Object.keys(example.params ?? {}))
        for (const value of ['x', '%00', '%', '..%2f..', '-1', 'é', 'x'.repeat(400), "';--"])
          await expectNoFault(
            operator,
            operation,
            path.replace(encodeURIComponent(String(example.params?.[name])), value),
            undefined,
          )
      if (endsTheSession.has(operation.name)) return
      for (const name of [...Object.keys(operation.shape.query?.shape ?? {}), 'unknown'])
        for (const value of ['', 'x', '%00', '%ff', '-1', '1e9', 'x'.repeat(3_000), '%F0%9F%92%A9'])
          await expectNoFault(
            operator,
            operation,
            `${path}?${name}=${value}&${name}=${value}`,
            undefined,
          )
    })

    test('under a method it does not have', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE', 'POST'].filter(
        (one) => !operations.some((other) => other.path === operation.path && other.method === one),
      )) {
        const answer = await operator.raw(method, path)
        expect([404, 405], `${method} ${path}`).toContain(answer.status)
        if (answer.status === 405) expect(answer.headers.allow).toContain(operation.method)
      }
    })

    test('without a credential, when it needs one', async () => {
      if ('public' in operation.shape.auth) return
      const answer = await platform.anonymous.raw(operation.method, path)
      expect(answer.problem.code).toBe('identity.credential_missing')
      expect(answer.status).toBe(401)
    })

    test('without the permission, when it needs one', async () => {
      if (!('permission' in operation.shape.auth)) return
      const person = await platform.person()
      const answer = await person.raw(operation.method, path)
      expect(answer.problem.code).toBe('identity.permission_denied')
      expect(answer.status).toBe(403)
    })
  },
)

test('the sweep saw the operations there are', () => {
  expect(operations.length).toBeGreaterThan(10)
})
