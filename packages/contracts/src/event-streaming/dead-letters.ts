import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { page, pageQuery, timestamp } from '../shapes.ts'

export const parkedKeyMissing = problem(
  'missing',
  'event_streaming.parked_key_missing',
  'No events of this key are parked',
)
export const consumerMissing = problem(
  'missing',
  'event_streaming.consumer_missing',
  'No service of this name consumes events',
)

/** A key of one service whose first event failed: what came after it waits, so that order holds. */
export const parkedKey = z.object({
  service: z.string(),
  key: z.string(),
  /** `dead`: only a person lets it go on. `waiting`: it is tried again by itself at `retryAt`. */
  state: z.enum(['waiting', 'dead']),
  /** How often its first event has failed. */
  attempts: z.int(),
  retryAt: timestamp,
  lastError: z.string(),
  /** How many events wait, the failing one included. */
  events: z.int(),
  /** The type of the event that fails. */
  type: z.string(),
})
const exampleParkedKey = {
  service: 'product-service',
  key: examples.id(3),
  state: 'dead',
  attempts: 10,
  retryAt: examples.time,
  lastError: 'Problem: There is no such product',
  events: 2,
  type: 'order.confirmed',
} as const

const parkedState = z.enum(['waiting', 'dead'])
const serviceName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
const keyText = z.string().min(1).max(200)

export const listDeadLetters = operation('GET', '/v1/dead-letters', {
  summary: 'Events of the tenant that a service could not handle, by service and key',
  auth: { permission: 'event:dead_letter:read' },
  query: pageQuery.extend({
    service: serviceName.optional(),
    state: parkedState.default('dead'),
  }),
  reply: { 200: page(parkedKey) },
  problems: [consumerMissing],
  example: { query: { limit: '20' }, reply: { items: [exampleParkedKey], next: null } },
})

export const readDeadLetter = operation('GET', '/v1/dead-letters/{service}/{key}', {
  summary: 'The events of one key that wait, and why the first of them fails',
  auth: { permission: 'event:dead_letter:read' },
  params: z.strictObject({ service: serviceName, key: keyText }),
  reply: {
    200: parkedKey.extend({
      /** In their order, a hundred at the most; personal fields are not shown. */
      waiting: z.array(
        z.object({
          id: z.uuid(),
          type: z.string(),
          time: timestamp,
          /** The trace in which the event was made. */
          traceparent: z.string().nullable(),
          data: z.unknown(),
        }),
      ),
    }),
  },
  problems: [parkedKeyMissing, consumerMissing],
  example: {
    params: { service: 'product-service', key: examples.id(3) },
    reply: {
      ...exampleParkedKey,
      waiting: [
        {
          id: examples.id(7),
          type: 'order.confirmed',
          time: examples.time,
          traceparent: null,
          data: { orderId: examples.id(5) },
        },
      ],
    },
  },
})

export const redriveDeadLetters = operation('POST', '/v1/dead-letters/redrive', {
  summary: 'Have events tried again: of some keys, or all dead ones of the tenant',
  auth: { permission: 'event:dead_letter:redrive' },
  /** Without `keys`, all dead keys of the service; without `service`, those of every service. */
  body: z.strictObject({
    service: serviceName.optional(),
    keys: z.array(keyText).min(1).max(1_000).optional(),
  }),
  reply: {
    /** Asking twice does nothing more. */
    200: z.object({ redriven: z.array(z.object({ service: z.string(), keys: z.int() })) }),
  },
  problems: [consumerMissing],
  example: {
    body: { service: 'product-service', keys: [examples.id(3)] },
    reply: { redriven: [{ service: 'product-service', keys: 1 }] },
  },
})

export const skipDeadLetter = operation('POST', '/v1/dead-letters/{service}/{key}/skip', {
  summary: 'Give up the event that fails, so that those behind it go on; it has no effect then',
  auth: { permission: 'event:dead_letter:skip' },
  params: z.strictObject({ service: serviceName, key: keyText }),
  /** The event that is meant, so that no other is skipped by a second request. */
  body: z.strictObject({ eventId: z.uuid() }),
  reply: { 200: z.object({ left: z.int() }) },
  problems: [parkedKeyMissing, consumerMissing],
  example: {
    params: { service: 'product-service', key: examples.id(3) },
    body: { eventId: examples.id(7) },
    reply: { left: 1 },
  },
})
