import type { CopiedEvent } from '@prognetwork/event-based-service-client'
import { statement } from '@prognetwork/shared-infrastructure'

export const readHead = statement<{ incarnation: string; position: number }>(
  'log_head.read',
  `select incarnation, next - 1 as "position" from log_head where log = 'domain'`,
)

/** Events of all types, in order. */
export const copyEvents = statement<
  CopiedEvent,
  [incarnation: string, after: number, most: number, mostBytes: number]
>(
  'log.copy',
  `select "position", tenant_id as "tenantId", topic as source, partition, id, type,
     schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
     causation_id as "causationId", correlation_id as "correlationId", data
   from copy_events($1, $2, $3, $4)`,
)
