import { contract, examples, id, operation, page, pageQuery, problem } from '@prognetwork/contracts'
import { z } from 'zod'

export const thingMissing = problem('missing', 'leaky.thing_missing', 'There is no such thing')
export const thingBusy = problem('conflict', 'leaky.thing_busy', 'The thing is in use')

const byId = z.strictObject({ thingId: id('thing') })
const thing = z.object({ id: id('thing'), name: z.string() })
const auth = { permission: 'leaky:thing:use' } as const
const example = { params: { thingId: examples.id() }, reply: { id: examples.id(), name: 'A' } }
const nothing = z.void()

/** Things are kept apart by some of these operations and not by others. */
export const leakyContract = contract('leaky-service', {
  readThing: operation('GET', '/v1/things/{thingId}', {
    summary: 'Keeps to the tenant',
    auth,
    params: byId,
    reply: { 200: thing },
    problems: [thingMissing],
    example,
  }),
  listThings: operation('GET', '/v1/things', {
    summary: 'Keeps to the tenant, filtered by one of them or not',
    auth,
    query: pageQuery.extend({ thingId: id('thing').optional() }),
    reply: { 200: page(thing) },
    example: { query: {}, reply: { items: [example.reply], next: null } },
  }),
  renameThing: operation('PATCH', '/v1/things/{thingId}', {
    summary: 'Keeps to the tenant',
    auth,
    params: byId,
    body: z.strictObject({ name: z.string() }),
    reply: { 200: thing },
    problems: [thingMissing],
    example: { ...example, body: { name: 'B' } },
  }),
  readEveryThing: operation('GET', '/v1/every-thing', {
    summary: 'For operators, who do see every tenant',
    auth: { permission: 'platform:thing:read' },
    reply: { 200: page(thing) },
    example: { reply: { items: [example.reply], next: null } },
  }),

  readAnyThing: operation('GET', '/v1/any-things/{thingId}', {
    summary: 'Forgets the scope',
    auth,
    params: byId,
    reply: { 200: thing },
    problems: [thingMissing],
    example,
  }),
  listAllThings: operation('GET', '/v1/all-things', {
    summary: 'Lists those of every tenant, one on a page',
    auth,
    query: z.strictObject({ after: z.string().optional() }),
    reply: { 200: page(thing) },
    example: { query: {}, reply: { items: [example.reply], next: null } },
  }),
  findThings: operation('POST', '/v1/thing-searches', {
    summary: 'Forgets the scope of ids deep in the body',
    auth,
    body: z.strictObject({
      filters: z.array(z.strictObject({ anyOf: z.array(id('thing')).max(9) })),
    }),
    reply: { 200: page(thing) },
    example: {
      body: { filters: [{ anyOf: [examples.id()] }] },
      reply: { items: [example.reply], next: null },
    },
  }),
  renameAnyThing: operation('PUT', '/v1/any-things/{thingId}/name', {
    summary: 'Writes whosever it is, and answers as if nothing were there',
    auth,
    params: byId,
    body: z.strictObject({ name: z.string() }),
    reply: { 204: nothing },
    problems: [thingMissing],
    example: { params: example.params, body: { name: 'B' } },
  }),
  touchThings: operation('POST', '/v1/touches', {
    summary: 'Writes to the rows of every tenant without an id',
    auth,
    reply: { 204: nothing },
    example: {},
  }),
  reserveThing: operation('POST', '/v1/things/{thingId}/reservations', {
    summary: "Tells another tenant's thing from none",
    auth,
    params: byId,
    reply: { 204: nothing },
    problems: [thingMissing, thingBusy],
    example: { params: example.params },
  }),
  breakThing: operation('POST', '/v1/things/{thingId}/breaks', {
    summary: "Falls over another tenant's thing",
    auth,
    params: byId,
    reply: { 204: nothing },
    example: { params: example.params },
  }),
  lookUpThing: operation('GET', '/v1/thing-names/{thingId}', {
    summary: 'Forgets the scope of the service that calls',
    auth: { service: ['user-service'] },
    params: byId,
    reply: { 200: thing },
    problems: [thingMissing],
    example,
  }),

  readGhost: operation('GET', '/v1/ghosts/{ghostId}', {
    summary: 'Takes what no fixture makes',
    auth,
    params: z.strictObject({ ghostId: id('ghost') }),
    reply: { 200: thing },
    problems: [thingMissing],
    example: { params: { ghostId: examples.id() }, reply: example.reply },
  }),
  moveThing: operation('POST', '/v1/moves', {
    summary: 'Takes an id where its example shows nothing',
    auth,
    body: z.strictObject({ target: z.strictObject({ thingId: id('thing') }).optional() }),
    reply: { 204: nothing },
    example: { body: {} },
  }),
  useThing: operation('POST', '/v1/uses', {
    summary: 'Lets nobody in',
    auth,
    reply: { 204: nothing },
    example: {},
  }),
})
