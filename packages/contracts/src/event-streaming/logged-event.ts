import { z } from 'zod'
import { examples } from '../examples.ts'
import { id, timestamp } from '../shapes.ts'

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
