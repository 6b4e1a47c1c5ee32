// One event as a Kafka record: CloudEvents 1.0 in the binary mode of its Kafka binding, so that
// others can read the topics as well. The value is the event's data.
import type { KafkaRecord } from '@platformatic/kafka'
import type { CopiedEvent } from '../copy.ts'

/** Which copy a record is part of: what another one left in the topic is not read. */
const copyHeader = 'prognetwork_copy'
const positionHeader = 'ce_position'

export function toMessage(event: CopiedEvent, copy: string, topic: string) {
  const optional = {
    ce_traceparent: event.traceparent,
    ce_causationid: event.causationId,
    ce_correlationid: event.correlationId,
    ce_aggregateversion: event.aggregateVersion?.toString(),
  }
  return {
    topic,
    partition: event.partition,
    key: `${event.tenantId}/${event.key}`,
    value: event.data,
    headers: {
      // First, where a reader looks first.
      [copyHeader]: copy,
      [positionHeader]: String(event.position),
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_source: event.source,
      ce_type: event.type,
      ce_dataschema: `${event.type}/${event.version}`,
      ce_subject: event.key,
      ce_time: event.time,
      ce_tenantid: event.tenantId,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value != null)),
    } as Record<string, string>,
  }
}

/** The position of a record of this copy; undefined for all others. */
export function positionIn(record: KafkaRecord, copy: string): number | undefined {
  const found = placeOf(record)
  return found.copy === copy ? found.position : undefined
}

/**
 * The same, and for the records of other copies whether they stand before this one's or behind
 * them: copies are named in the order in which they begin.
 */
export function placeIn(record: KafkaRecord, copy: string): number {
  const found = placeOf(record)
  if (found.copy === copy) return found.position
  return found.copy < copy ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function placeOf({ headers }: KafkaRecord): { copy: string; position: number } {
  const [[copyName, copy] = [], [positionName, position] = []] = headers
  const isOurs = copyName?.equals(copyNameBytes) && positionName?.equals(positionNameBytes)
  return isOurs ? { copy: String(copy), position: Number(position) } : noPlace
}

const copyNameBytes = Buffer.from(copyHeader)
const positionNameBytes = Buffer.from(positionHeader)
/** A record that somebody else wrote. */
const noPlace = { copy: '', position: Number.NaN }

export function toEvent({ headers, value }: KafkaRecord, partition: number): CopiedEvent {
  const all = new Map(headers.map(([name, text]) => [name?.toString(), text?.toString()]))
  const need = (name: string): string => {
    const text = all.get(name)
    if (text === undefined) throw new Error(`a record of the copy without ${name}`)
    return text
  }
  const aggregateVersion = all.get('ce_aggregateversion')
  const schema = need('ce_dataschema')
  return {
    position: Number(need(positionHeader)),
    partition,
    tenantId: need('ce_tenantid'),
    source: need('ce_source'),
    id: need('ce_id'),
    type: need('ce_type'),
    version: Number(schema.slice(schema.lastIndexOf('/') + 1)),
    key: need('ce_subject'),
    aggregateVersion: aggregateVersion === undefined ? null : Number(aggregateVersion),
    time: need('ce_time'),
    traceparent: all.get('ce_traceparent') ?? null,
    causationId: all.get('ce_causationid') ?? null,
    correlationId: all.get('ce_correlationid') ?? null,
    data: value?.toString() ?? '',
  }
}
