import { existsSync, readdirSync } from 'node:fs'
import type { Contract, EventContract, NamedOperation } from '@prognetwork/contracts'
import { common, success } from '@prognetwork/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

// What every contract keeps, so that validation, documentation and clients made from it agree.

// Read from the folders, so that a contract nobody mounts yet keeps the rules as well.
const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((one) => one.isDirectory() && existsSync(`${one.parentPath}/${one.name}/index.ts`))
  .map((one) => one.name)
const exported: unknown[] = []
for (const folder of folders) exported.push(...Object.values(await import(`./${folder}/index.ts`)))

const contracts = exported.filter(
  (one): one is Contract => isRecord(one) && 'service' in one && 'operations' in one,
)
const events = exported.filter(
  (one): one is EventContract => isRecord(one) && 'version' in one && 'data' in one,
)
const operations = contracts.flatMap((one) => Object.values<NamedOperation>(one.operations))

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

type JsonSchema = Readonly<Record<string, unknown>>

const inputSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema

/** Paths to objects that take fields nobody declared. A map by key declares all of them. */
function openObjects(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => openObjects(one, `${path}/${at}`))
  if (typeof value !== 'object' || value === null) return []
  const schema = value as JsonSchema
  const isOpen = schema.properties !== undefined && schema.additionalProperties !== false
  return [
    ...(isOpen ? [path || '/'] : []),
    ...Object.entries(schema)
      .filter(([key]) => !['default', 'examples', 'enum', 'const'].includes(key))
      .flatMap(([key, inner]) => openObjects(inner, `${path}/${key}`)),
  ]
}

test('there are operations and events to look at', () => {
  expect(contracts.map((one) => one.service)).toContain('user-service')
  expect(operations.length).toBeGreaterThan(10)
  expect(events.length).toBeGreaterThan(3)
})

test('a name is used once in the whole platform', () => {
  const names = operations.map((one) => one.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('a method and a path lead to one operation', () => {
  const places = operations.map((one) => `${one.method} ${one.path.replaceAll(/\{\w+\}/g, '{}')}`)
  expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([])
})

test('the search for open objects finds one at any depth', () => {
  const schema = z.strictObject({ list: z.array(z.object({ inner: z.strictObject({}) })) })
  expect(openObjects(inputSchema(schema))).toEqual(['/properties/list/items'])
})

describe.each(operations.map((one) => [one.name, one] as const))('%s', (_, operation) => {
  const { shape, path } = operation
  const example = shape.example as Readonly<Record<string, unknown>>
  const inputs = (['params', 'query', 'body'] as const).flatMap((part) => {
    const schema: z.ZodType | undefined = shape[part]
    return schema ? [[part, schema] as const] : []
  })

  test('takes no field that is not declared, at any depth', () => {
    for (const [part, schema] of inputs) expect(openObjects(inputSchema(schema)), part).toEqual([])
  })

  test('has an example of each part that its schema accepts', () => {
    for (const [part, schema] of inputs) {
      const parsed = schema.safeParse(example[part])
      expect(parsed.error?.issues, part).toBeUndefined()
    }
    const { status, schema } = success(operation)
    if (status === 204) expect(example.reply).toBeUndefined()
    else expect(schema.safeParse(example.reply).error?.issues).toBeUndefined()
  })

  test('has an example of nothing it does not take', () => {
    const declared = [
      ...inputs.map(([part]) => part),
      ...(shape.upload === undefined ? [] : ['body']),
      'reply',
    ]
    expect(Object.keys(example).filter((part) => !declared.includes(part as 'body'))).toEqual([])
  })

  test('answers with what can be written as JSON Schema', () => {
    const { status, schema } = success(operation)
    if (status === 204) return
    expect(z.toJSONSchema(schema, { io: 'output' })).toMatchObject({ type: 'object' })
  })

  test('names in its path the params it takes', () => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(inPath.toSorted()).toEqual(Object.keys(shape.params?.shape ?? {}).toSorted())
    expect(path).toMatch(/^\/v\d+(\/([a-z0-9]+(-[a-z0-9]+)*|\{[a-z]\w*\}))+$/)
  })

  test('lists problems of its own, with codes that say whose they are', () => {
    const codes = (shape.problems ?? []).map((one) => one.code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)+$/)
      expect(Object.values(common).map((one) => one.code)).not.toContain(code)
    }
  })

  test('takes a body only under a method that has one', () => {
    if (shape.body || shape.upload) expect(['POST', 'PUT', 'PATCH']).toContain(operation.method)
    expect(shape.body && shape.upload).toBeUndefined()
    if (shape.idempotent) expect(operation.method).not.toBe('GET')
  })
})

test('one code is one problem', () => {
  const byCode = Map.groupBy(
    [...Object.values(common), ...operations.flatMap((one) => one.shape.problems ?? [])],
    (one) => one.code,
  )
  for (const [code, uses] of byCode)
    expect(new Set(uses.map((one) => JSON.stringify(one))).size, code).toBe(1)
})

describe.each(events.map((one) => [`${one.type} v${one.version}`, one] as const))(
  '%s',
  (_, event) => {
    test('has an example that its schema accepts', () => {
      expect(event.data.safeParse(event.example).error?.issues).toBeUndefined()
    })

    test('is named after what happened, and keyed by a field it has', () => {
      expect(event.type).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
      expect(Object.keys(event.data.shape)).toContain(event.key)
    })

    test('can be written as JSON Schema', () => {
      expect(z.toJSONSchema(event.data, { io: 'output' })).toMatchObject({ type: 'object' })
    })
  },
)
