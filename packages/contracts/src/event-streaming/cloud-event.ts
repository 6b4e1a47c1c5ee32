import { z } from 'zod'
import { examples } from '../examples.ts'
import { id, timestamp } from '../shapes.ts'

/** CloudEvents 1.0 in its JSON format: how an event leaves the platform, whatever way it takes. */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  /** The service that owns the type, or what an outside publisher called itself. */
  source: z.string(),
  type: z.string(),
  /** The id of the thing that it is about. Events of one subject arrive in order. */
  subject: z.string(),
  time: timestamp,
  datacontenttype: z.literal('application/json'),
  dataschema: z.string(),
  tenantid: id('tenant'),
  aggregateversion: z.int().optional(),
  traceparent: z.string().optional(),
  causationid: z.string().optional(),
  correlationid: z.string().optional(),
  /** Where it stands in the log; reading goes on after it. */
  cursor: z.string(),
  /** Fields that are personal data are null: whoever may see them asks the service that owns them. */
  data: z.unknown(),
})
export type CloudEvent = z.output<typeof cloudEvent>

export const exampleCloudEvent = {
  specversion: '1.0',
  id: examples.id(7),
  source: 'product-service',
  type: 'product.archived',
  subject: examples.id(3),
  time: examples.time,
  datacontenttype: 'application/json',
  dataschema: 'urn:prognetwork:event:product.archived:1',
  tenantid: examples.id(2),
  aggregateversion: 4,
  cursor: 'WzEsImRvbWFpbiIsIjAxOTM4ZDVlLTdjMWEtN2IzMi05ZjYwLTBjNWIxYTJkM2U1NiIsMTA0Ml0',
  data: { productId: examples.id(3) },
} as const

/** A type, or all types of an aggregate (`product.*`), or all there are (`*`). */
export const typePattern = z
  .string()
  .max(100)
  .regex(/^(?:\*|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*(?:\.\*)?)$/)
