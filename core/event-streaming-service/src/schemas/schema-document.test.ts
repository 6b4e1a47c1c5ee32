import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Json, JsonObject } from './json-schema.ts'
import { judgeDocument, readDocument } from './schema-document.ts'
import { compileValidator } from './validator.ts'

const withField = (a: Json, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { a },
  ...more,
})
const faults = (document: JsonObject) =>
  judgeDocument(document).map((one) => `${one.pointer} ${one.detail}`)

test('what Zod writes of ordinary data is taken', () => {
  const data = z.object({
    id: z.uuid(),
    at: z.iso.datetime(),
    lines: z.array(z.object({ quantity: z.int().min(1), note: z.string().max(9).nullable() })),
    kind: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('parcel') }),
      z.object({ kind: z.literal('letter'), stamps: z.int() }),
    ]),
    labels: z.record(z.string(), z.string()).optional(),
  })
  const document = z.toJSONSchema(data, { io: 'output' }) as JsonObject
  expect(faults(document)).toEqual([])
  const validate = compileValidator(readDocument(document))
  const example = {
    id: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f',
    at: '2026-11-25T10:00:00Z',
    lines: [{ quantity: 1, note: null }],
    kind: { kind: 'letter', stamps: 2 },
  }
  expect(validate(example)).toEqual([])
  expect(validate({ ...example, at: 'today' })[0]?.pointer).toBe('/at')
})

test.each<[Json, string]>([
  [{ not: {} }, '/properties/a/not is no keyword that is understood here'],
  [{ if: {} }, '/properties/a/if is no keyword that is understood here'],
  [{ constructor: {} }, '/properties/a/constructor is no keyword that is understood here'],
  [{ $id: 'https://example.com/a' }, '/properties/a/$id is no keyword that is understood here'],
  [
    { $ref: 'https://example.com/a' },
    '/properties/a/$ref must point into this document: nothing is fetched',
  ],
  [{ $ref: '#/$defs/none' }, '/properties/a/$ref leads to no schema'],
  [{ $ref: '#/properties' }, '/properties/a/$ref leads to no schema'],
  [{ $ref: '#/%' }, '/properties/a/$ref leads to no schema'],
  [{ $ref: '#' }, '/properties/a/$ref refers back to itself'],
  [{ anyOf: [{ $ref: '#/properties/a' }] }, '/properties/a/anyOf/0/$ref refers back to itself'],
  [
    { type: 'text' },
    '/properties/a/type must be one or some of null, boolean, number, string, array, object, integer',
  ],
  [
    { type: [] },
    '/properties/a/type must be one or some of null, boolean, number, string, array, object, integer',
  ],
  [{ required: ['a', 'a'] }, '/properties/a/required must be a list of names, each once'],
  [{ minLength: -1 }, '/properties/a/minLength must be 0 or a whole number'],
  [{ multipleOf: 0 }, '/properties/a/multipleOf must be a number above 0'],
  [{ enum: [] }, '/properties/a/enum must be a list of 1 to 500 values'],
  [{ anyOf: [] }, '/properties/a/anyOf must be a list of schemas'],
  [{ properties: [] }, '/properties/a/properties must be a map of schemas'],
  [{ items: 3 }, '/properties/a/items must be a schema'],
  [
    { format: 'colour' },
    '/properties/a/format must be one of date, date-time, duration, email, hostname, ipv4, ipv6, time, uri, uuid',
  ],
  [{ uniqueItems: true }, '/properties/a/uniqueItems needs a maxItems of at most 100 beside it'],
  [{ pattern: 'a'.repeat(501) }, '/properties/a/pattern is longer than 500 characters'],
  [{ pattern: '([a-z]{1,100}){1,10}' }, '/properties/a/pattern repeats too much'],
])('%j is refused: %s', (schema, fault) => {
  expect(faults(withField(schema))).toEqual([fault])
})

test('a pattern that only a matcher with memory could match is refused', () => {
  for (const pattern of ['(?=a)b', '(?<!a)b', '(a)\\1', '(', '[z-a]'])
    expect(faults(withField({ pattern }))[0]).toMatch(/pattern is not a regular expression of RE2/)
})

test('patterns that take for ever elsewhere take their length here', () => {
  const validate = compileValidator(readDocument(withField({ pattern: '^(a+)+$' })))
  const began = performance.now()
  expect(validate({ a: `${'a'.repeat(100_000)}!` })).toHaveLength(1)
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('two patterns are two, and what they cost together is limited', () => {
  const many = { type: 'array', items: { type: 'string', pattern: '^[a-z]{1,500}$' } }
  const document = withField(many, { additionalProperties: { pattern: '^b' } })
  const validate = compileValidator(readDocument(document))
  expect(validate({ a: ['x'], b: 'by' })).toEqual([])
  expect(validate({ a: ['x'], b: 'x' })[0]?.pointer).toBe('/b')
  const costly = { a: Array.from({ length: 1_000 }, () => 'x'.repeat(100)) }
  expect(validate(costly)).toEqual([{ pointer: '', detail: 'its patterns take too long to match' }])
  expect(validate({ a: ['x'] })).toEqual([])
})

test('a document is an object with fields, and no larger than can be read', () => {
  expect(faults({ type: 'string' })).toEqual([
    '/type must be object: the data of an event has fields',
  ])
  expect(faults({})).toEqual(['/type must be object: the data of an event has fields'])
  expect(faults(withField(true, { title: 'x'.repeat(70_000) }))).toEqual([
    ' is larger than 65536 characters',
  ])
  let deep: Json = {}
  for (let depth = 0; depth < 40; depth++) deep = { items: deep }
  expect(faults(withField(deep))[0]).toMatch(/is deeper than 32 schemas$/)
  let value: Json = []
  for (let depth = 0; depth < 20_000; depth++) value = [value]
  expect(faults(withField({ const: value }))).toEqual([' nests deeper than 100 levels'])
})

test('references that double each other are counted as often as they are read', () => {
  const doubled = (name: string): JsonObject => ({
    anyOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }],
  })
  const $defs: Record<string, Json> = { d0: { type: 'string' } }
  for (let at = 1; at < 15; at++) $defs[`d${at}`] = doubled(`d${at - 1}`)
  expect(faults(withField({ $ref: '#/$defs/d14' }, { $defs }))).toEqual([
    ' has more than 400 schemas in it',
  ])
})

test('names of fields that JavaScript knows are fields like others', () => {
  const document = withField({ type: 'string' }, { required: ['constructor'] })
  const validate = compileValidator(readDocument(document))
  expect(validate({})).toHaveLength(1)
  expect(validate({ constructor: 1 })).toEqual([])
  const own = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}')
  expect(faults(own)).toEqual(['/properties must be a map of schemas'])
})

test('what looks like code in a schema is text', () => {
  const name = `"];globalThis.reached = true;//\`\${globalThis.reached = true}'\u2028`
  const document = withField({ enum: [name] }, { required: [name], title: name })
  const more = { ...document, properties: { [name]: { const: name, minLength: 1 } } }
  expect(faults(more)).toEqual([])
  const validate = compileValidator(readDocument(more))
  expect(validate({ [name]: name })).toEqual([])
  expect(validate({ [name]: 'x' })).toHaveLength(1)
  expect(validate({})[0]?.detail).toContain('required property')
  expect(Object.keys(globalThis)).not.toContain('reached')
})

test('a list that is longer than it may be is not compared item by item', () => {
  const list = { type: 'array', uniqueItems: true, maxItems: 100 }
  const validate = compileValidator(readDocument(withField(list)))
  const began = performance.now()
  const a = Array.from({ length: 50_000 }, (_, at) => ({ at }))
  expect(validate({ a })).toEqual([{ pointer: '/a', detail: 'must NOT have more than 100 items' }])
  expect(performance.now() - began).toBeLessThan(1_000)
  expect(validate({ a: [1, 1] })).toHaveLength(1)
})
