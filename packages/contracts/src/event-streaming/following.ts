import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { id, timestamp } from '../shapes.ts'
import { webClients } from '../web-clients.ts'
import { storingServices } from './appending.ts'
import { incarnationEnded } from './events.ts'

/** One event as the log holds it; personal fields stay encrypted. */
export const loggedEvent = z.object({
  log: z.string(),
  incarnation: z.uuid(),
  position: z.int(),
  tenantId: id('tenant'),
  source: z.string(),
  partition: z.int(),
  id: z.uuid(),
  type: z.string(),
  version: z.int(),
  key: z.string(),
  aggregateVersion: z.int().nullable(),
  time: timestamp,
  traceparent: z.string().nullable(),
  causationId: z.string().nullable(),
  correlationId: z.string().nullable(),
  /** JSON text. */
  data: z.string(),
  replaying: z.boolean(),
})

export const exampleLoggedEvent = {
  log: 'domain',
  incarnation: examples.id(6),
  position: 1042,
  tenantId: examples.id(2),
  source: 'user-service',
  partition: 17,
  id: examples.id(7),
  type: 'session.revoked',
  version: 1,
  key: examples.id(1),
  aggregateVersion: null,
  time: examples.time,
  traceparent: null,
  causationId: null,
  correlationId: null,
  data: '{}',
  replaying: false,
}

export const followEvents = operation('GET', '/v1/events/following', {
  summary: 'Events after a position of the types that the calling service consumes, as they come',
  auth: { service: ['api-gateway', ...webClients, ...storingServices] },
  /** Without both, the end of the log is answered at once. */
  query: z.strictObject({
    incarnation: z.uuid().optional(),
    after: z.coerce.number().int().min(0).optional(),
  }),
  reply: {
    200: z.object({
      incarnation: z.uuid(),
      /** Every event up to here that was asked for is in this answer or was in one before. */
      upTo: z.int(),
      types: z.array(z.string()),
      events: z.array(loggedEvent),
    }),
  },
  problems: [incarnationEnded],
  example: {
    query: { incarnation: examples.id(6), after: '1041' },
    reply: {
      incarnation: examples.id(6),
      upTo: 1042,
      types: ['session.revoked'],
      events: [exampleLoggedEvent],
    },
  },
})
