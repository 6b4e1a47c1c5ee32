import { id, operation } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { idPlaces, inputWith, isShown, refusedPlaces } from './id-places.ts'

const [shown, other] = [
  '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f',
  '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e50',
]

function taking(body: z.ZodType, example: unknown) {
  const one = operation('POST', '/v1/things/{thingId}', {
    summary: '',
    auth: { public: true },
    params: z.strictObject({ thingId: id('thing') }),
    query: z.strictObject({ ownerId: id('account').optional(), limit: z.string().optional() }),
    body,
    reply: { 204: z.void() },
    example: { params: { thingId: shown }, body: example },
  })
  return { ...one, service: 'test-service', name: 'takeThings' }
}

const everywhere = taking(
  z.strictObject({
    items: z.array(z.strictObject({ thingId: id('thing'), note: z.string() })),
    parents: z.array(id('thing').nullable()),
    prices: z.record(id('price'), z.int()),
    owner: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('person'), accountId: id('account') }),
      z.strictObject({ kind: z.literal('none') }),
    ]),
    free: z.uuid(),
  }),
  {
    items: [
      { thingId: shown, note: 'a' },
      { thingId: shown, note: 'b' },
    ],
    parents: [],
    prices: { [shown]: 1 },
    owner: { kind: 'person', accountId: shown },
    free: shown,
  },
)

test('ids are found in path, query and body, at any depth and behind any wrapper', () => {
  expect(idPlaces(everywhere).map(({ pointer, resource }) => `${pointer} ${resource}`)).toEqual([
    '/params/thingId thing',
    '/query/ownerId account',
    '/body/items/*/thingId thing',
    '/body/parents/* thing',
    '/body/prices/{} price',
    '/body/owner/accountId account',
  ])
})

test('another id takes each place, and what is not aimed at stays as the example has it', () => {
  const aimed = Object.fromEntries(
    idPlaces(everywhere).map((place) => [
      place.pointer,
      inputWith(everywhere, new Map([[place, other]]), 'first'),
    ]),
  )
  expect(aimed['/params/thingId']?.params).toEqual({ thingId: other })
  expect(aimed['/query/ownerId']?.query).toEqual({ ownerId: other })
  expect(aimed['/body/items/*/thingId']?.body).toMatchObject({
    items: [{ thingId: other, note: 'a' }],
    free: shown,
  })
  expect(aimed['/body/parents/*']?.body).toMatchObject({ parents: [other] })
  expect(aimed['/body/prices/{}']?.body).toMatchObject({ prices: { [other]: 1 } })
  for (const input of Object.values(aimed))
    expect(refusedPlaces(everywhere, input ?? {})).toEqual([])
  expect(everywhere.shape.example.params).toEqual({ thingId: shown })
})

test('every line of a list takes the id where one line alone would be too few', () => {
  const lines = idPlaces(everywhere).filter((place) => place.pointer === '/body/items/*/thingId')
  const input = inputWith(everywhere, new Map(lines.map((place) => [place, other])), 'all')
  expect(input?.body).toMatchObject({
    items: [
      { thingId: other, note: 'a' },
      { thingId: other, note: 'b' },
    ],
  })
})

test('a place that the example has nothing around cannot be aimed at', () => {
  const hidden = taking(
    z.strictObject({ target: z.strictObject({ thingId: id('thing') }).optional() }),
    {},
  )
  const place = idPlaces(hidden).find((one) => one.part === 'body')
  expect(place && isShown(hidden, place)).toBe(false)
  expect(place && inputWith(hidden, new Map([[place, other]]), 'all')).toBeUndefined()
})

test('what a schema refuses is named by its place', () => {
  const input = { params: { thingId: 'x' }, query: {}, body: {} }
  expect(refusedPlaces(everywhere, input)).toContain('/params/thingId')
})
