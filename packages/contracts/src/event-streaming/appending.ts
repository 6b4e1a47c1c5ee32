import { z } from 'zod'
import { logNames } from '../event.ts'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { timestamp } from '../shapes.ts'

export const sourceForeign = problem(
  'forbidden',
  'event_streaming.source_foreign',
  'A service sends events of its own only',
)

export const numbersReused = problem(
  'conflict',
  'event_streaming.numbers_reused',
  'Numbers were given to other events than before: the database was restored',
)

/** The services with tables, any of which may have a database of its own. */
export const storingServices = [
  'email-service',
  'monitoring-service',
  'order-service',
  'payment-service',
  'product-service',
  'tenant-service',
  'user-service',
  'worker-service',
] as const

/** One event as an outbox holds it; personal fields are encrypted. */
const outgoingEvent = z.strictObject({
  // Not an id that somebody asks for: a service publishes for all of its tenants.
  tenantId: z.uuid(),
  log: z.enum(logNames),
  id: z.uuid(),
  type: z.string(),
  version: z.int(),
  key: z.string(),
  partition: z.int().min(0).max(63),
  aggregateVersion: z.int().nullable(),
  time: timestamp,
  traceparent: z.string().nullable(),
  causationId: z.uuid().nullable(),
  correlationId: z.string().nullable(),
  /** What an outside publisher called itself. */
  source: z.string().nullable(),
  /** JSON text. */
  data: z.string(),
})
export type OutgoingEvent = z.output<typeof outgoingEvent>

export const appendEvents = operation('POST', '/v1/events/appending', {
  summary: 'Events of a service whose database is not that of the log, in order and without a gap',
  auth: { service: storingServices },
  body: z.strictObject({
    source: z.string(),
    /** One life of the numbers: a service that was restored begins another. */
    incarnation: z.uuid(),
    /** The number of the first event; the others follow it. */
    first: z.int().min(1),
    events: z.array(outgoingEvent).min(1).max(1_000),
  }),
  bodyLimitBytes: 64 * 1_048_576,
  reply: {
    200: z.object({
      /**
       * Everything up to this number is held. Where it is below the one before `first`, there is a gap
       * and nothing was taken: events are sent again from the one after it.
       */
      last: z.int().min(0),
    }),
  },
  problems: [sourceForeign, numbersReused],
  example: {
    body: {
      source: 'product-service',
      incarnation: examples.id(6),
      first: 1,
      events: [
        {
          tenantId: examples.id(2),
          log: 'domain',
          id: examples.id(7),
          type: 'product.archived',
          version: 1,
          key: examples.id(3),
          partition: 17,
          aggregateVersion: 4,
          time: examples.time,
          traceparent: null,
          causationId: null,
          correlationId: null,
          source: null,
          data: '{}',
        },
      ],
    },
    reply: { last: 1 },
  },
})
