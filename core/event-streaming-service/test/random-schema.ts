// Schemas at random, changes of them, and data that often fits them. Names and values are few, so
// that two of them meet.
import fc, { type Arbitrary, type GeneratorValue } from 'fast-check'
import type { Json, JsonObject } from '../src/schemas/json-schema.ts'

const name = fc.constantFrom('a', 'b', 'c')
const small = fc.integer({ min: 0, max: 4 })
const value = fc.constantFrom<Json>(null, true, 'x', 'yy', 0, 1, 2.5, [], [1], {}, { a: 1 })
const known: Readonly<Record<string, readonly string[]>> = {
  '^[a-z]+$': ['a', 'xyz'],
  '^\\d{2}$': ['12', '99'],
  email: ['ada@example.com'],
  date: ['2026-11-25'],
}

/** Some of the keywords: of more than two, most contradict each other. */
const some = (shape: Readonly<Record<string, Arbitrary<Json>>>): Arbitrary<JsonObject> =>
  fc
    .subarray(Object.keys(shape), { maxLength: 2 })
    .chain((names) =>
      fc.record(Object.fromEntries(names.map((one) => [one, shape[one] as Arbitrary<Json>]))),
    )

const strings: Arbitrary<JsonObject> = some({
  minLength: small,
  maxLength: small,
  pattern: fc.constantFrom('^[a-z]+$', '^\\d{2}$'),
  format: fc.constantFrom('email', 'date'),
}).map((more) => ({ type: 'string', ...more }))

const numbers: Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom('integer', 'number'),
    some({
      minimum: small,
      maximum: small,
      exclusiveMinimum: small,
      exclusiveMaximum: small,
      multipleOf: fc.constantFrom(1, 2, 0.5, 3),
    }),
  )
  .map(([type, more]) => ({ type, ...more }))

interface Tied {
  any: JsonObject | boolean
  object: JsonObject
}

const { any, object } = fc.letrec<Tied>((tie) => {
  const schema = tie('any') as Arbitrary<JsonObject>
  return {
    any: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constant(true),
      fc.constant<JsonObject>({}),
      fc.constantFrom<JsonObject>({ type: 'string' }, { type: 'integer' }, { type: 'null' }),
      fc.constantFrom<JsonObject>({ type: 'boolean' }, { type: ['integer', 'null'] }),
      fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((list) => ({ enum: list })),
      value.map((one) => ({ const: one })),
      strings,
      numbers,
      some({
        items: schema,
        prefixItems: fc.array(schema, { minLength: 1, maxLength: 2 }),
        minItems: small,
        maxItems: small,
      }).map((more) => ({ type: 'array', ...more })),
      tie('object'),
      tie('object'),
      fc
        .tuple(
          fc.constantFrom('anyOf', 'oneOf', 'allOf'),
          fc.array(schema, { minLength: 1, maxLength: 3 }),
        )
        .map(([keyword, list]) => ({ [keyword]: list })),
      schema.map((one) => ({ anyOf: [one, { type: 'null' }] })),
      fc.constant({ $ref: '#/$defs/shared' }),
    ) as Arbitrary<JsonObject | boolean>,
    object: some({
      properties: fc.dictionary(name, schema, { maxKeys: 3 }),
      required: fc.uniqueArray(name, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.constant(false), fc.constant(false), schema),
      propertyNames: fc.constantFrom<JsonObject>({ maxLength: 2 }, { enum: ['a', 'b'] }),
      minProperties: small,
      maxProperties: small,
    }).map((more) => ({ type: 'object', ...more })),
  }
})

const inDocument = (schemas: Arbitrary<JsonObject>): Arbitrary<JsonObject> =>
  fc
    .tuple(schemas, fc.constantFrom<JsonObject>({ type: 'string' }, { enum: ['x', null] }))
    .map(([schema, shared]) => ({ ...schema, $defs: { shared } }))

const withField = (a: Json): JsonObject => ({
  ...{ type: 'object', properties: { a }, required: ['a'] },
})

/** Documents, with something to refer to. */
export const documents = inDocument(fc.oneof(object, any.map(withField)))

/** Documents in which one field matters, and little is said of it. */
export const smallDocuments = inDocument(
  fc
    .oneof(
      ...[numbers, strings, fc.constant<JsonObject>({ type: ['string', 'null'] })],
      fc
        .array(fc.oneof(numbers, strings), { minLength: 1, maxLength: 2 })
        .map((prefixItems): JsonObject => ({ type: 'array', prefixItems })),
      numbers.map((items): JsonObject => ({ type: 'array', items })),
      fc
        .array(fc.oneof(numbers, strings), { minLength: 2, maxLength: 3 })
        .map((oneOf): JsonObject => ({ oneOf })),
    )
    .map(withField),
)

/** The document with a few changes, each somewhere in it. */
export function mutated(document: JsonObject, draw: GeneratorValue): JsonObject {
  let changed = structuredClone(document)
  const count = draw(() => fc.integer({ min: 1, max: 2 }))
  for (let at = 0; at < count; at++) changed = changeIn(changed, draw) as JsonObject
  return changed
}

/** What stands in a schema, each with the schema that has another in its place. */
function partsOf(schema: JsonObject): [part: Json, replaced: (other: Json) => JsonObject][] {
  const { properties = {}, items } = schema
  const listed = ['prefixItems', 'anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = (schema[key] ?? []) as Json[]
    return list.map((one, at): [Json, (other: Json) => JsonObject] => [
      one,
      (other) => ({ ...schema, [key]: list.with(at, other) }),
    ])
  })
  return [
    ...Object.entries(properties as JsonObject).map(
      ([key, one]): [Json, (other: Json) => JsonObject] => [
        one,
        (other) => ({ ...schema, properties: { ...(properties as JsonObject), [key]: other } }),
      ],
    ),
    ...(items === undefined
      ? []
      : [
          [items, (other: Json) => ({ ...schema, items: other })] as [
            Json,
            (other: Json) => JsonObject,
          ],
        ]),
    ...listed,
  ]
}

function changeIn(schema: JsonObject, draw: GeneratorValue): JsonObject {
  const parts = partsOf(schema)
  if (parts.length > 0 && draw(() => fc.constantFrom(true, true, false))) {
    const [part, replaced] = draw(() => fc.constantFrom(...parts))
    return replaced(
      typeof part === 'boolean' ? draw(() => any) : changeIn(part as JsonObject, draw),
    )
  }
  const isRoot = '$defs' in schema
  const change = draw(() =>
    fc.constantFrom('loosen', 'loosen', 'number', 'number', 'field', 'null', 'other'),
  )
  if (change === 'loosen') {
    const names = Object.keys(schema).filter((one) => !(isRoot && ['type', '$defs'].includes(one)))
    const gone = names.length > 0 ? draw(() => fc.constantFrom(...names)) : undefined
    return Object.fromEntries(Object.entries(schema).filter(([one]) => one !== gone))
  }
  if (change === 'field') {
    const properties = (schema.properties ?? {}) as JsonObject
    return { ...schema, properties: { ...properties, [draw(() => name)]: draw(() => any) } }
  }
  if (change === 'number') {
    const numbers = Object.keys(schema).filter((key) => typeof schema[key] === 'number')
    if (numbers.length === 0 || draw(() => fc.constantFrom(true, false, false)))
      return schema.type === 'number' ? { ...schema, type: 'integer' } : schema
    const key = draw(() => fc.constantFrom(...numbers))
    return { ...schema, [key]: Number(schema[key]) + draw(() => fc.constantFrom(-1, 1)) }
  }
  if (isRoot) return { ...draw(() => object), $defs: schema.$defs as Json }
  if (change === 'null') return { anyOf: [schema, { type: 'null' }] }
  const other = draw(() => any)
  return typeof other === 'boolean' ? {} : other
}

/** Data that a schema was made for; whoever takes it must still ask whether it fits. */
export function dataOf(schema: Json, shared = (schema as JsonObject).$defs): Arbitrary<Json> {
  if (typeof schema === 'boolean') return value
  const { enum: values, const: only, type, $ref, ...rest } = schema as JsonObject
  if ($ref) return dataOf((shared as JsonObject).shared as Json, shared)
  if (values) return fc.constantFrom(...(values as Json[]))
  if (only !== undefined) return fc.constant(only)
  const branches = (rest.anyOf ?? rest.oneOf ?? rest.allOf) as Json[] | undefined
  if (branches) return fc.oneof(...branches.map((one) => dataOf(one, shared)))
  const [kind] = [type].flat()
  if (Array.isArray(type) && type.length > 1)
    return fc.oneof(...type.map((one) => dataOf({ ...rest, type: one }, shared)))
  if (kind === 'null') return fc.constant(null)
  if (kind === 'boolean') return fc.boolean()
  if (kind === 'string') return stringsOf(rest)
  if (kind === 'integer') return fc.integer({ min: -1, max: 5 })
  if (kind === 'number') return fc.constantFrom(-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6)
  if (kind === 'array') return listsOf(rest, shared)
  return kind === 'object' ? objectsOf(rest, shared) : value
}

function stringsOf({ pattern, format, minLength, maxLength }: JsonObject): Arbitrary<string> {
  const fitting = known[String(pattern ?? format)]
  if (fitting) return fc.constantFrom(...fitting)
  const least = Number(minLength ?? 0)
  return fc.string({ minLength: least, maxLength: Math.max(least, Number(maxLength ?? 6)) })
}

function listsOf({ items, prefixItems, minItems, maxItems }: JsonObject, shared: Json | undefined) {
  const places = ((prefixItems ?? []) as Json[]).map((one) => dataOf(one, shared))
  const least = Number(minItems ?? 0)
  return fc
    .tuple(
      fc.tuple(...places),
      fc.array(dataOf(items ?? true, shared), { maxLength: 3 }),
      fc.integer({ min: least, max: Math.max(least, Number(maxItems ?? 4)) }),
    )
    .map(([first, rest, length]): Json => [...first, ...rest].slice(0, length))
}

function objectsOf(schema: JsonObject, shared: Json | undefined): Arbitrary<Json> {
  const { properties = {}, required = [], additionalProperties = true } = schema
  const named = properties as JsonObject
  const always = required as string[]
  const fields = ['a', 'b', 'c'].flatMap((one): [string, Arbitrary<Json>][] => {
    const own = named[one] ?? additionalProperties
    return own === false ? [] : [[one, dataOf(own, shared)]]
  })
  const requiredKeys = always.filter((one) => fields.some(([key]) => key === one))
  return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true })
}
