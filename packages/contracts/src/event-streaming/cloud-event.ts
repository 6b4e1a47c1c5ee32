import { z } from 'zod'
import { examples } from '../examples.ts'
import { id, timestamp } from '../shapes.ts'

/**
 * An event as it leaves the platform: CloudEvents 1.0 in structured JSON. Attributes that an event
 * does not have are left out. Personal fields of `data` are null: whoever needs them asks the
 * service they belong to, where permissions and erasure apply.
 */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  /** The same at every delivery, so that what comes twice is recognised. */
  id: z.uuid(),
  /** The service that published it. */
  source: z.string(),
  type: z.string(),
  /** The id of the aggregate it is about. */
  subject: z.string(),
  time: timestamp,
  /** Type and version of `data`: `urn:prognetwork:event:product.created:1`. */
  dataschema: z.string(),
  datacontenttype: z.literal('application/json'),
  tenantid: id('tenant'),
  /** Events of one key are in order among each other. */
  partitionkey: z.string(),
  aggregateversion: z.int().optional(),
  traceparent: z.string().optional(),
  causationid: z.string().optional(),
  correlationid: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
})
export type CloudEvent = z.output<typeof cloudEvent>

export const exampleCloudEvent: CloudEvent = {
  specversion: '1.0',
  id: examples.id(7),
  source: 'tenant-service',
  type: 'tenant.updated',
  subject: examples.id(2),
  time: examples.time,
  dataschema: 'urn:prognetwork:event:tenant.updated:1',
  datacontenttype: 'application/json',
  tenantid: examples.id(2),
  partitionkey: `${examples.id(2)}/${examples.id(2)}`,
  correlationid: examples.traceId,
  data: { tenantId: examples.id(2), slug: 'lovelace-looms' },
}
