// The logs for services with a database of their own: what others read beside their tables.
import { z } from 'zod'
import { logNames } from '../event.ts'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { timestamp } from '../shapes.ts'
import { storingServices } from './appending.ts'
import { eventsDropped, incarnationEnded } from './events.ts'
import { exampleLoggedEvent, loggedEvent } from './logged-event.ts'

export const typeNotConsumed = problem(
  'forbidden',
  'event_streaming.type_not_consumed',
  'A service reads the types that its definition lists',
)

const auth = { service: storingServices }
const partitions = 64
const position = z.int().min(0)
const types = z.array(z.string()).min(1)
const most = z.int().min(1).max(1_000)
const page = z.object({
  events: z.array(loggedEvent),
  /** Every event up to here that was asked for is in this answer or was in one before. */
  upTo: z.int(),
})
const examplePage = { events: [exampleLoggedEvent], upTo: exampleLoggedEvent.position }
const incarnation = exampleLoggedEvent.incarnation

export const readLogEnd = operation('GET', '/v1/events/end', {
  summary:
    'Where a log ends, at once or when there is more after a position for the calling service',
  auth,
  query: z.strictObject({
    log: z.enum(logNames),
    after: z.coerce.number().int().min(0).optional(),
  }),
  reply: {
    200: z.object({
      log: z.enum(logNames),
      incarnation: z.uuid(),
      position: z.int(),
      /** Everything after it is still there. */
      floor: z.int(),
    }),
  },
  example: {
    query: { log: 'domain' },
    reply: { log: 'domain', incarnation, position: 1042, floor: 0 },
  },
})

export const readReadingRights = operation('POST', '/v1/events/reading-rights', {
  summary: 'For each type where the history ends that the calling service gets as a replay',
  auth,
  body: z.strictObject({ types }),
  reply: { 200: z.object({ items: z.array(z.object({ type: z.string(), since: z.int() })) }) },
  problems: [typeNotConsumed],
  example: {
    body: { types: ['order.placed'] },
    reply: { items: [{ type: 'order.placed', since: 1041 }] },
  },
})

export const readLog = operation('POST', '/v1/events/reading', {
  summary: 'Events of some types, each partition after a position of its own',
  auth,
  body: z.strictObject({
    log: z.enum(logNames),
    incarnation: z.uuid(),
    types,
    /** Partitions that are not named are not read. */
    after: z
      .array(
        z.tuple([
          z
            .int()
            .min(0)
            .max(partitions - 1),
          position,
        ]),
      )
      .min(1)
      .max(partitions),
    most,
  }),
  reply: { 200: page },
  problems: [incarnationEnded, typeNotConsumed],
  example: {
    body: {
      ...{ log: 'domain' as const, incarnation, types: [exampleLoggedEvent.type] },
      ...{ after: [[exampleLoggedEvent.partition, 1041]] as [[number, number]], most: 1_000 },
    },
    reply: examplePage,
  },
})

export const readLogWindow = operation('POST', '/v1/events/reading-window', {
  summary: 'Events of a replay, of each partition up to a position of its own',
  auth,
  body: z.strictObject({
    incarnation: z.uuid(),
    types,
    after: position,
    upTo: z.array(position).length(partitions),
    // Not an id that somebody asks for: a replay is of operators.
    tenantId: z.uuid().nullable(),
    key: z.string().nullable(),
    since: timestamp.nullable(),
    before: timestamp.nullable(),
    most,
  }),
  reply: { 200: page },
  problems: [incarnationEnded, eventsDropped, typeNotConsumed],
  example: {
    body: {
      ...{ incarnation, types: [exampleLoggedEvent.type], after: 0 },
      upTo: Array.from({ length: partitions }, () => 1042),
      ...{ tenantId: null, key: null, since: null, before: examples.time, most: 1_000 },
    },
    reply: examplePage,
  },
})
