import { randomUUID } from 'node:crypto'
import { type CopiedEvent, partitionCount } from '@prognetwork/event-based-service-client'

const eventAt = (position: number): CopiedEvent => ({
  ...{ position, partition: position % partitionCount, source: 'maker-service' },
  ...{ tenantId: randomUUID(), id: randomUUID(), type: 'thing.made', version: 1, key: 'k' },
  ...{ aggregateVersion: null, time: '2026-11-25T10:00:00.000Z', traceparent: null },
  ...{ causationId: null, correlationId: null, data: '{}' },
})

/** Events as the log would hold them, each in the partition that its position names. */
export const eventsFrom = (first: number, count: number): CopiedEvent[] =>
  Array.from({ length: count }, (_, n) => eventAt(first + n))
