import { describe, expect, test } from 'vitest'
import { findIncompatibilities } from './compatibility.ts'
import type { JsonObject } from './json-schema.ts'

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
})
const closed = { additionalProperties: false }
const string = { type: 'string' }
const integer = { type: 'integer' }

const backward = (last: JsonObject, next: JsonObject) =>
  findIncompatibilities(last, next, 'backward').map((one) => `${one.pointer} ${one.detail}`)

describe('what readers of the next version can read', () => {
  const compatible: [what: string, last: JsonObject, next: JsonObject][] = [
    ['the same', object({ a: string }), object({ a: string })],
    ['a title more', object({ a: string }), { title: 'T', ...object({ a: string }) }],
    [
      'an optional field more',
      object({ a: string }, closed),
      object({ a: string, b: string }, closed),
    ],
    ['a field that need not be', object({ a: string }, { required: ['a'] }), object({ a: string })],
    ['an integer as a number', object({ a: integer }), object({ a: { type: 'number' } })],
    [
      'what may be null now',
      object({ a: string }),
      object({ a: { anyOf: [string, { type: 'null' }] } }),
    ],
    [
      'the same null',
      object({ a: { type: ['string', 'null'] } }),
      object({ a: { anyOf: [string, { type: 'null' }] } }),
    ],
    ['one value more', object({ a: { enum: ['x'] } }), object({ a: { enum: ['x', 'y'] } })],
    [
      'a value as its kind',
      object({ a: { const: 'x' } }),
      object({ a: { type: 'string', maxLength: 3 } }),
    ],
    [
      'wider bounds',
      object({ a: { ...integer, minimum: 1 } }),
      object({ a: { ...integer, exclusiveMinimum: 0 } }),
    ],
    [
      'longer lists',
      object({ a: { type: 'array', items: integer, maxItems: 2 } }),
      object({ a: { type: 'array', maxItems: 3 } }),
    ],
    [
      'what is said by a reference',
      { ...object({ a: { $ref: '#/$defs/t' } }), $defs: { t: string } },
      object({ a: string }),
    ],
    ['an open object of a closed one', object({ a: string }, closed), object({ a: string })],
    [
      'a branch more of a union',
      object({ a: { oneOf: [object({ k: { const: 'x' } }, { required: ['k'] })] } }),
      object({
        a: {
          oneOf: [
            object({ k: { const: 'x' } }, { required: ['k'] }),
            object({ k: { const: 'y' } }, { required: ['k'] }),
          ],
        },
      }),
    ],
    [
      'a map of what is in it',
      object({ a: object({ x: integer }, closed) }),
      object({ a: { type: 'object', additionalProperties: integer } }),
    ],
    [
      'multiples of a divisor',
      object({ a: { type: 'number', multipleOf: 6 } }),
      object({ a: { type: 'integer', multipleOf: 3 } }),
    ],
    [
      'a shorter tuple',
      object({ a: { type: 'array', prefixItems: [string, integer], items: false } }),
      object({ a: { type: 'array', items: { type: ['string', 'integer'] }, maxItems: 2 } }),
    ],
  ]
  test.each(compatible)('%s', (_, last, next) => {
    expect(backward(last, next)).toEqual([])
    expect(findIncompatibilities(next, last, 'forward')).toEqual([])
  })

  const incompatible: [last: JsonObject, next: JsonObject, findings: string[]][] = [
    [
      object({ a: string }),
      object({ a: string }, { required: ['a'] }),
      ['/required The last version allows data without "a", and this one does not'],
    ],
    [
      object({ a: string }),
      object({ a: integer }),
      ['/properties/a/type The last version allows a string, and this one does not'],
    ],
    [
      object({ a: { type: 'number' } }),
      object({ a: integer }),
      [
        '/properties/a/type The last version allows numbers that are not whole, and this one does not',
      ],
    ],
    [
      object({ a: { enum: ['x', 'y'] } }),
      object({ a: { enum: ['x'] } }),
      ['/properties/a The last version allows the value "y", and this one does not'],
    ],
    [
      object({ a: string }),
      object({ a: { enum: ['x'] } }),
      [
        '/properties/a/enum The last version allows a string that is not listed, and this one does not',
      ],
    ],
    [
      object({ a: string, b: string }, closed),
      object({ a: string }, closed),
      ['/additionalProperties The last version allows a field "b", and this one does not'],
    ],
    [
      object({ a: string }),
      object({ a: string }, closed),
      [
        '/additionalProperties The last version allows fields that it does not name, and this one does not',
      ],
    ],
    [
      object({ a: string }),
      object({ a: string, 'b/~': string }),
      [
        '/properties/b~1~0 The last version allows anything as "b/~", which it does not name, and this one does not',
      ],
    ],
    [
      object({ a: { ...string, maxLength: 9 } }),
      object({ a: { ...string, maxLength: 8, minLength: 1 } }),
      [
        '/properties/a/minLength The last version allows fewer than 1 characters, and this one does not',
        '/properties/a/maxLength The last version allows more than 8 characters, and this one does not',
      ],
    ],
    [
      object({ a: string }),
      object({ a: { ...string, format: 'email' } }),
      [
        '/properties/a/format The last version allows strings that need not be of the format email, and this one does not',
      ],
    ],
    [
      object({ a: { ...string, pattern: '^a' } }),
      object({ a: { ...string, pattern: '^ab?' } }),
      [
        '/properties/a/pattern The last version allows strings that need not match this pattern, and this one does not',
      ],
    ],
    [
      object({ a: { type: ['string', 'null'] } }),
      { ...object({ a: { $ref: '#/$defs/t' } }), $defs: { t: string } },
      ['/$defs/t The last version allows the value null, and this one does not'],
    ],
    [
      object({ a: { type: 'array', items: string } }),
      object({ a: { type: 'array', items: integer, maxItems: 3 } }),
      [
        '/properties/a/maxItems The last version allows more than 3 items, and this one does not',
        '/properties/a/items/type The last version allows a string, and this one does not',
      ],
    ],
    [
      object({ a: integer }),
      object({ a: { oneOf: [integer, { type: 'number' }] } }),
      [
        '/properties/a/oneOf/1 It cannot be decided whether this is compatible: what fits another branch of oneOf may fit this one as well',
      ],
    ],
    [
      object({ a: true }),
      object({ a: false }),
      ['/properties/a The last version allows the value null, and this one does not'],
    ],
  ]
  test.each(incompatible)('%j is not read as %j', (last, next, findings) => {
    expect(backward(last, next).slice(0, findings.length)).toEqual(findings)
  })
})

test('full compatibility is both, and each finding says in which direction', () => {
  const last = object({ a: string }, { required: ['a'], ...closed })
  const next = object({ a: string, b: integer }, { required: ['b'], ...closed })
  expect(findIncompatibilities(last, next, 'full')).toEqual([
    {
      direction: 'backward',
      pointer: '/required',
      detail: 'The last version allows data without "b", and this one does not',
    },
    {
      direction: 'forward',
      pointer: '/required',
      detail: 'This version allows data without "a", and the last one does not',
    },
    {
      direction: 'forward',
      pointer: '/additionalProperties',
      detail: 'This version allows a field "b", and the last one does not',
    },
  ])
})

test('what combines more than can be compared is not compatible, and says why', () => {
  const anyOf = Array.from({ length: 20 }, (_, at) => object({ [`f${at}`]: integer }))
  const last = { type: 'object', allOf: [{ anyOf }, { anyOf }] } as JsonObject
  expect(backward(last, object({ a: string }))).toEqual([
    ' It cannot be decided whether this is compatible: it combines too many alternatives',
  ])
})
