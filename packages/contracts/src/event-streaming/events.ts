import { z } from 'zod'
import { logNames } from '../event.ts'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { moment, text } from '../shapes.ts'
import { cloudEvent, exampleCloudEvent, typePattern } from './cloud-event.ts'

export const incarnationEnded = problem(
  'conflict',
  'event_streaming.incarnation_ended',
  'The log begins anew: its positions mean something else now',
)
export const eventsDropped = problem(
  'gone',
  'event_streaming.events_dropped',
  'Events after this cursor are not kept any more',
)
export const typeReserved = problem(
  'forbidden',
  'event_streaming.type_reserved',
  'Events of this type are published by the platform only',
)
export const eventDiffers = problem(
  'conflict',
  'event_streaming.event_differs',
  'Another event was published under this id',
)
export const tooManyStreams = problem(
  'limited',
  'event_streaming.streams_exceeded',
  'The tenant has as many streams open as it may',
)

export const dataUnfit = problem(
  'unprocessable',
  'event_streaming.data_unfit',
  'The data does not fit the schema of the event',
)

/** Several patterns by commas; everything without. */
export const typePatterns = z
  .string()
  .max(2_000)
  .transform((list) => list.split(','))
  .pipe(z.array(typePattern).min(1).max(50))

/** Which log is meant; that of the cursor without it, and the domain log without both. */
export const chosenLog = z.enum(logNames).optional()

/** What is read of the log; a client that comes back goes on after the last cursor it has. */
export const eventFilter = {
  /** Patterns of types by commas: `product.created,order.*`. */
  types: typePatterns.optional(),
  /** Of one thing only, by its id. */
  subject: z.string().min(1).max(200).optional(),
  /** Of what followed from one request or command only. */
  correlation: z.string().min(1).max(200).optional(),
  log: chosenLog,
  after: z.string().min(1).max(300).optional(),
}

export const listEvents = operation('GET', '/v1/events', {
  summary: 'Events of the tenant in the order of the log, or the newest first',
  auth: { permission: 'event:event:read' },
  query: z.strictObject({
    ...eventFilter,
    from: moment.optional(),
    to: moment.optional(),
    /** `desc` begins at the end of the log, and goes on with what was before. */
    order: z.enum(['asc', 'desc']).default('asc'),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  reply: {
    200: z.object({
      items: z.array(cloudEvent),
      /** Goes on from here. A page without items may have a next one: much was looked through. */
      next: z.string().nullable(),
      /** The newest place this page looked at; with it a client asks later for what is new. */
      cursor: z.string(),
    }),
  },
  problems: [incarnationEnded, eventsDropped],
  example: {
    query: { types: 'product.*', limit: '100' },
    reply: { items: [exampleCloudEvent], next: null, cursor: exampleCloudEvent.cursor },
  },
})

export const eventMissing = problem(
  'missing',
  'event_streaming.event_missing',
  'The tenant has no event at this cursor, or it is not kept any more',
)

export const readEvent = operation('GET', '/v1/events/at/{cursor}', {
  summary: 'The one event that stands at a cursor',
  auth: { permission: 'event:event:read' },
  params: z.strictObject({ cursor: z.string().min(1).max(300) }),
  reply: { 200: cloudEvent },
  problems: [eventMissing],
  example: { params: { cursor: exampleCloudEvent.cursor }, reply: exampleCloudEvent },
})

/** What happened to what: `<aggregate>.<past_tense>`. */
export const eventType = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/)

/** CloudEvents 1.0 as an outside publisher sends it; what is left out is filled in. */
const publishedEvent = z.strictObject({
  specversion: z.literal('1.0'),
  /** The same id twice within a day is one event. */
  id: z.uuid().optional(),
  source: text(1, 200).optional(),
  type: eventType,
  subject: text(1, 200).optional(),
  time: moment.optional(),
  datacontenttype: z.literal('application/json').optional(),
  /**
   * `urn:prognetwork:event:<type>:<version>`; without it the newest version that is registered, or 1.
   * Data of a registered type must fit.
   */
  dataschema: z
    .string()
    .regex(/^urn:prognetwork:event:[a-z0-9_.]{1,100}:[1-9]\d{0,5}$/)
    .optional(),
  aggregateversion: z.int().min(0).max(2_147_483_647).optional(),
  /** `volatile` for what is worth little after some days: it is kept apart, and not for good. */
  log: z.enum(logNames).optional(),
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
  causationid: z.uuid().optional(),
  correlationid: text(1, 200).optional(),
  data: z.record(z.string(), z.unknown()),
})
export type PublishedEvent = z.output<typeof publishedEvent>

export const publishEvents = operation('POST', '/v1/events', {
  summary: 'Publish one event of a type of your own, or a list of them, as CloudEvents 1.0',
  auth: { permission: 'event:event:publish' },
  body: z.union([publishedEvent, z.array(publishedEvent).min(1).max(1_000)]),
  bodyLimitBytes: 8 * 1_048_576,
  reply: {
    202: z.object({
      /** In the order of the request; every one of them is durable. */
      events: z.array(z.object({ id: z.uuid(), isDuplicate: z.boolean() })),
    }),
  },
  problems: [typeReserved, dataUnfit, eventDiffers],
  example: {
    body: {
      specversion: '1.0',
      id: examples.id(8),
      source: '//scanner.example/warehouse-7',
      type: 'parcel.scanned',
      subject: 'parcel-81',
      data: { gate: 3 },
    },
    reply: { events: [{ id: examples.id(8), isDuplicate: false }] },
  },
})

export const listStreams = operation('GET', '/v1/streams', {
  summary: 'The logs there are, where each ends and how long it is kept',
  auth: { permission: 'event:event:read' },
  reply: {
    200: z.object({
      items: z.array(
        z.object({
          name: z.enum(logNames),
          /** Its end at this moment. */
          cursor: z.string(),
          /** Days that events are kept for at least; null: for good. */
          retentionDays: z.int().nullable(),
        }),
      ),
    }),
  },
  example: {
    reply: {
      items: [
        { name: 'domain', cursor: exampleCloudEvent.cursor, retentionDays: null },
        { name: 'volatile', cursor: exampleCloudEvent.cursor, retentionDays: 30 },
      ],
    },
  },
})

export const openStream = operation('GET', '/v1/stream', {
  summary: 'Events of the tenant as they come (Server-Sent Events), after `after` or from now on',
  auth: { permission: 'event:event:read' },
  /** `Last-Event-ID`, which browsers send when they come back, counts as `after`. */
  query: z.strictObject(eventFilter),
  stream: true,
  reply: { 200: cloudEvent },
  problems: [incarnationEnded, eventsDropped, tooManyStreams],
  example: { query: { types: 'order.*' }, reply: exampleCloudEvent },
})
