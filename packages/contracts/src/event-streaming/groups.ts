import { z } from 'zod'
import { logNames } from '../event.ts'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { nothing, page, pageQuery, timestamp } from '../shapes.ts'
import { cloudEvent, exampleCloudEvent, typePattern } from './cloud-event.ts'
import { chosenLog, eventsDropped, incarnationEnded } from './events.ts'

export const groupMissing = problem(
  'missing',
  'event_streaming.group_missing',
  'There is no such consumer group',
)
export const leaseLost = problem(
  'conflict',
  'event_streaming.lease_lost',
  'Somebody else has the lot, or it was given back',
)
export const tooManyGroups = problem(
  'unprocessable',
  'event_streaming.groups_exceeded',
  'The tenant has as many consumer groups as it may',
)

const groupName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
const params = z.strictObject({ group: groupName })
const exampleParams = { group: 'warehouse' }

/** From the first event that is kept, or from those on that are still to come; or after a cursor. */
const startingPoint = z.union([z.enum(['beginning', 'end']), z.string().min(10).max(300)])

const group = z.object({
  name: z.string(),
  log: z.enum(logNames),
  types: z.array(z.string()),
  /** Everything up to here was acknowledged. */
  cursor: z.string(),
  /** How many positions of the log are still to be looked through. */
  behind: z.int(),
  /** Until when the lot that is being worked on is out; null when none is. */
  leasedUntil: timestamp.nullable(),
})
const exampleGroup = {
  name: 'warehouse',
  log: 'domain' as const,
  types: ['order.*'],
  cursor: exampleCloudEvent.cursor,
  behind: 0,
  leasedUntil: null,
}

export const putGroup = operation('PUT', '/v1/groups/{group}', {
  summary: 'Make a consumer group, or change which events it gets; its place stays',
  auth: { permission: 'event:group:update' },
  params,
  body: z.strictObject({
    types: z.array(typePattern).min(1).max(50).default(['*']),
    /** Of a new group; one that is there stays in its log. */
    log: chosenLog,
    /** Where a new group begins. */
    startAt: startingPoint.default('end'),
  }),
  reply: { 200: group },
  problems: [incarnationEnded, eventsDropped, tooManyGroups],
  example: {
    params: exampleParams,
    body: { types: ['order.*'], startAt: 'beginning' },
    reply: exampleGroup,
  },
})

export const listGroups = operation('GET', '/v1/groups', {
  summary: 'The consumer groups of the tenant, and how far each is',
  auth: { permission: 'event:group:read' },
  query: pageQuery,
  reply: { 200: page(group) },
  example: { query: {}, reply: { items: [exampleGroup], next: null } },
})

export const removeGroup = operation('DELETE', '/v1/groups/{group}', {
  summary: 'Forget a consumer group and its place',
  auth: { permission: 'event:group:delete' },
  params,
  reply: { 204: nothing },
  problems: [groupMissing],
  example: { params: exampleParams },
})

export const fetchEvents = operation('POST', '/v1/groups/{group}/fetch', {
  summary: 'The next lot of events of a group, for whoever works on it until it is acknowledged',
  auth: { permission: 'event:group:consume' },
  params,
  body: z.strictObject({
    limit: z.int().min(1).max(1_000).default(100),
    /** Not acknowledged for so long, the lot goes to the next who asks. */
    leaseSeconds: z.int().min(1).max(3_600).default(30),
    /** How long to wait for something to come; shorter than any gateway's patience. */
    waitMs: z.int().min(0).max(8_000).default(0),
  }),
  reply: {
    200: z.object({
      /** Shown when the lot is acknowledged; null without events. */
      lease: z.uuid().nullable(),
      events: z.array(cloudEvent),
      /** Acknowledges all of the lot. */
      cursor: z.string(),
      /** Another member works on the lot before; nothing is given out beside it, to keep the order. */
      busyForMs: z.int(),
    }),
  },
  problems: [groupMissing, incarnationEnded, eventsDropped],
  example: {
    params: exampleParams,
    body: { limit: 100, waitMs: 8_000 },
    reply: {
      lease: examples.id(9),
      events: [exampleCloudEvent],
      cursor: exampleCloudEvent.cursor,
      busyForMs: 0,
    },
  },
})

export const acknowledgeEvents = operation('POST', '/v1/groups/{group}/ack', {
  summary: 'Say up to where the events of a lot are dealt with; the rest comes again',
  auth: { permission: 'event:group:consume' },
  params,
  /** A cursor of an event of the lot, or that of the whole. Without one the lot is given back. */
  body: z.strictObject({ lease: z.uuid(), cursor: z.string().min(1).max(300).optional() }),
  reply: { 200: group },
  problems: [groupMissing, leaseLost, incarnationEnded],
  example: {
    params: exampleParams,
    body: { lease: examples.id(9), cursor: exampleCloudEvent.cursor },
    reply: exampleGroup,
  },
})

export const seekGroup = operation('POST', '/v1/groups/{group}/seek', {
  summary: 'Move a group to another place: back, to read again, or on',
  auth: { permission: 'event:group:update' },
  params,
  body: z.strictObject({ to: startingPoint }),
  reply: { 200: group },
  problems: [groupMissing, incarnationEnded, eventsDropped],
  example: { params: exampleParams, body: { to: 'beginning' }, reply: exampleGroup },
})
