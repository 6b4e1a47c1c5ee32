import type { Context, EventContract, EventData, Statement, Trace } from '@prognetwork/contracts'
import { v7 } from 'uuid'
import type { z } from 'zod'
import type { WrittenEvent } from './wake-ups.ts'

/** Encrypts one value under its subject's key; the key exists before the event is written. */
export type EncryptPersonal = (ctx: Context, subject: string) => Promise<(value: unknown) => string>

/** How many partitions the log has; a key's events stay in order because they share one. */
export const partitionCount = 64

/** Writes events into the service's outbox, as statements of the business transaction. */
export function createPublisher(options: {
  readonly service: string
  readonly publishes: readonly EventContract[]
  readonly encryptPersonal: EncryptPersonal
}) {
  const personalFields = new Map(
    options.publishes.map((event) => [placeOf(event), personalFieldsOf(event)] as const),
  )
  async function write<E extends EventContract>(ctx: Context, event: E, data: EventData<E>) {
    const fields = personalFields.get(placeOf(event))
    if (!fields)
      throw new Error(`${options.service} publishes ${placeOf(event)} without declaring it`)
    const parsed: Record<string, unknown> = { ...event.data.parse(data) }
    for (const [field, subjectField] of fields) {
      if (parsed[field] === undefined || parsed[field] === null) continue
      const encrypt = await options.encryptPersonal(ctx, String(parsed[subjectField]))
      parsed[field] = encrypt(parsed[field])
    }
    const key = String(parsed[event.key])
    const partition = partitionOf(ctx.scope.tenantId, key)
    return { id: v7(), key, partition, text: JSON.stringify(parsed) }
  }

  /** Events of one tenant, whatever they are, in one statement and in the order of the list. */
  async function putEach<const List extends readonly EventContract[]>(
    list: { readonly [At in keyof List]: Publication<List[At]> },
  ): Promise<Statement> {
    const publications: readonly Publication[] = list
    if (new Set(publications.map(({ ctx }) => ctx.scope.tenantId)).size > 1)
      throw new Error('events of several tenants cannot be written together')
    const written = await Promise.all(
      publications.map(({ ctx, event, data }) => write(ctx, event, data)),
    )
    const origins = publications.map(({ ctx }) => originOf(ctx))
    const column = (at: number) => origins.map((origin) => origin[at])
    return {
      name: insertAllName,
      text: insertAllText,
      values: [
        written.map(({ id }) => id),
        publications.map(({ event }) => event.type),
        publications.map(({ event }) => event.version),
        written.map(({ key }) => key),
        written.map(({ partition }) => partition),
        publications.map(({ aggregateVersion }) => aggregateVersion ?? null),
        ...[column(0), column(1), column(2), column(3)],
        written.map(({ text }) => text),
        publications.map(({ event }) => event.log),
      ],
    }
  }

  return {
    async put<E extends EventContract>(
      ctx: Context,
      event: E,
      data: EventData<E>,
      more: { readonly aggregateVersion?: number } = {},
    ): Promise<Statement> {
      const { id, key, partition, text } = await write(ctx, event, data)
      return {
        name: insertName,
        text: insertText,
        values: [
          id,
          event.type,
          event.version,
          key,
          partition,
          more.aggregateVersion ?? null,
          ...originOf(ctx),
          text,
          event.log,
        ],
      }
    },

    /** Many events of one type in one statement; they are logged in the order of the list. */
    putAll<E extends EventContract>(
      ctx: Context,
      event: E,
      list: readonly { readonly data: EventData<E>; readonly aggregateVersion?: number }[],
    ): Promise<Statement> {
      return putEach(list.map((one) => ({ ctx, event, ...one })))
    },

    putEach,
  }
}

/** One event to be written, with what it belongs to. */
export interface Publication<E extends EventContract = EventContract> {
  readonly ctx: Context
  readonly event: E
  readonly data: EventData<E>
  readonly aggregateVersion?: number
}

/** A service publishes one version of each type; older ones are only read. */
const placeOf = ({ type, version }: EventContract) => `${type} v${version}`

/** When it happened and what it belongs to. */
function originOf(ctx: Context): unknown[] {
  return [
    ctx.now,
    formatTraceparent(ctx.trace),
    ctx.causationId ?? null,
    ctx.correlationId ?? ctx.trace.traceId,
  ]
}

const insertName = 'outbox.insert'
const insertAllName = 'outbox.insert_all'

/** The events that a statement writes; after its commit the event writer is woken. */
export function publicationsOf({ name, values }: Statement): readonly WrittenEvent[] {
  if (name === insertName) return [{ id: String(values[0]), type: String(values[1]) }]
  if (name !== insertAllName) return []
  const types = values[1] as readonly string[]
  return (values[0] as readonly string[]).map((id, at) => ({ id, type: types[at] ?? '' }))
}

const insertText = `insert into outbox (id, type, schema_version, key, partition, aggregate_version,
    time, traceparent, causation_id, correlation_id, data, log)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
const insertAllText = `insert into outbox (id, type, schema_version, key, partition,
    aggregate_version, time, traceparent, causation_id, correlation_id, data, log)
  select one.id, one.type, one.schema, one.key, one.partition, one.version, one.time, one.traceparent,
    one.causation, one.correlation, one.data, one.log
  from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::smallint[], $6::integer[],
      $7::timestamptz[], $8::text[], $9::uuid[], $10::text[], $11::text[], $12::text[])
    with ordinality as one (id, type, schema, key, partition, version, time, traceparent, causation,
      correlation, data, log, place)
  order by one.place`

/** The fields of an event that are personal data, each with the field that holds the subject's id. */
export function personalFieldsOf(event: EventContract): ReadonlyMap<string, string> {
  const fields = Object.entries<z.ZodType>(event.data.shape).flatMap(([name, schema]) => {
    const subject = schema.meta()?.['x-personal']
    return typeof subject === 'string' ? [[name, subject] as const] : []
  })
  return new Map(fields)
}

/**
 * The partition of a key: FNV-1a over tenant and key, modulo the partition count. Computed here
 * and stored, so that every transport and every future version agrees.
 */
export function partitionOf(tenantId: string, key: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(`${tenantId}/${key}`)) {
    hash ^= byte
    hash = Math.imul(hash, 0x01000193) >>> 0
  }
  return hash % partitionCount
}

function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}
