import type { EventContract } from '@prognetwork/contracts'
import type { CloudEvent } from '@prognetwork/contracts/event-streaming'
import { type LoggedEvent, personalFieldsOf } from '@prognetwork/event-based-service-client'
import { isEncrypted } from '@prognetwork/shared-infrastructure/key-ring'

/** What of an event in the log is told to the outside. */
export type EventRow = Omit<
  LoggedEvent,
  'log' | 'incarnation' | 'position' | 'partition' | 'replaying'
>

/**
 * Makes the function that turns an event of the log into what outsiders get. `events` are those that
 * services publish, by type: they say which fields are personal. These are null outside, and so is
 * whatever else is encrypted: an older version of the event may have had other personal fields.
 */
export function createCloudEvents(
  events: ReadonlyMap<string, EventContract>,
): (event: EventRow) => CloudEvent {
  const personal = new Map([...events].map(([type, one]) => [type, personalFieldsOf(one)]))
  return (event) => ({
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.key,
    time: event.time,
    dataschema: `urn:prognetwork:event:${event.type}:${event.version}`,
    datacontenttype: 'application/json',
    tenantid: event.tenantId,
    partitionkey: `${event.tenantId}/${event.key}`,
    ...(event.aggregateVersion !== null && { aggregateversion: event.aggregateVersion }),
    ...(event.traceparent !== null && { traceparent: event.traceparent }),
    ...(event.causationId !== null && { causationid: event.causationId }),
    ...(event.correlationId !== null && { correlationid: event.correlationId }),
    data: withoutPersonal(JSON.parse(event.data), personal.get(event.type)),
  })
}

function withoutPersonal(
  data: Readonly<Record<string, unknown>>,
  personal: ReadonlyMap<string, string> | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      personal?.has(name) || isEncrypted(value) ? null : value,
    ]),
  )
}
