import type { NamedOperation } from '@prognetwork/contracts'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from './altered-gateway.ts'
import { structuralFaults } from './open-api-structure.ts'

interface Described {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string }[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>
  readonly 'x-permission'?: string
}
interface Document {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly description: string }>>
  }
}

const reachable = operations.filter(({ shape }) => !('service' in shape.auth))
let platform: TestPlatform
let document: Document

beforeAll(async () => {
  platform = await startTestPlatform()
  document = (await platform.anonymous.raw('GET', '/openapi.json')).body as Document
})
afterAll(() => platform?.stop())

const described = ({ method, path }: NamedOperation) =>
  document.paths[`/api${path}`]?.[method.toLowerCase()]

test('every operation that can be reached is described, and no other', () => {
  const inDocument = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((one) => one.operationId),
  )
  expect(inDocument.toSorted()).toEqual(reachable.map((one) => one.name).toSorted())
  expect(new Set(inDocument).size).toBe(inDocument.length)
  expect(inDocument.length).toBeGreaterThan(10)
})

test('the document has the form of OpenAPI 3.1 and each of its references leads somewhere', () => {
  expect(structuralFaults(document)).toEqual([])
})

test('the check of the form finds what is wrong', () => {
  const broken = {
    openapi: '3.1.0',
    info: { title: 'x' },
    paths: {
      '/a/{b}': {
        get: {
          responses: { 200: { content: {} } },
          parameters: [{ $ref: '#/components/parameters/Nothing' }],
        },
        fetch: {},
      },
    },
  }
  expect(structuralFaults(broken)).toEqual([
    'info.version is missing',
    '/a/{b} fetch is no method',
    'get /a/{b} has no operationId',
    'get /a/{b} 200 has no description',
    'get /a/{b} does not declare the path parameter b',
    '#/components/parameters/Nothing leads nowhere',
  ])
})

test('who may call an operation is said as the contract says it', () => {
  for (const operation of reachable) {
    const { auth } = operation.shape
    const one = described(operation)
    expect(one?.security, operation.name).toEqual('public' in auth ? [] : [{ bearer: [] }])
    expect(one?.['x-permission'], operation.name).toBe(
      'permission' in auth ? auth.permission : undefined,
    )
  }
})

test('every problem of an operation stands under its status', () => {
  for (const operation of reachable) {
    const responses = Object.values(described(operation)?.responses ?? {})
    const texts = responses.map(({ $ref = '' }) => {
      const name = $ref.slice('#/components/responses/'.length)
      return document.components.responses[name]?.description
    })
    for (const { code } of operation.shape.problems ?? [])
      expect(texts.join('\n'), operation.name).toContain(`\`${code}\``)
    expect(texts.join('\n'), operation.name).toContain('request.rate_limited')
  }
})

test('an operation that accepts an Idempotency-Key says so, and no other', () => {
  for (const operation of reachable) {
    const refers = described(operation)?.parameters?.some((one) =>
      one.$ref?.endsWith('/IdempotencyKey'),
    )
    expect(refers ?? false, operation.name).toBe(operation.shape.idempotent ?? false)
  }
})

test('ids say what they are ids of, and formats stand without their patterns', () => {
  const text = JSON.stringify(document)
  expect(text).toContain('"x-resource":"session"')
  expect(text).toContain('"format":"email"')
  for (const [, before] of text.matchAll(/(\{[^{}]*"format":"[^{}]*\})/g))
    expect(before).not.toContain('"pattern"')
})

test('version and server are those of this installation', () => {
  expect(document.info.version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(document.servers).toEqual([{ url: 'http://localhost:8000' }])
})

test('whoever has the document already is not sent it again', async () => {
  const first = await platform.anonymous.raw('GET', '/openapi.json')
  const again = await platform.anonymous.raw('GET', '/openapi.json', {
    headers: { 'if-none-match': String(first.headers.etag) },
  })
  expect([again.status, again.body]).toEqual([304, undefined])
  const other = await platform.anonymous.raw('GET', '/openapi.json', {
    headers: { 'if-none-match': 'W/"other"' },
  })
  expect(other.status).toBe(200)
})
