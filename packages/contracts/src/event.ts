import type { z } from 'zod'

/** The log that is kept, and the one for what is worth little after a while: page views, telemetry. */
export const logNames = ['domain', 'volatile'] as const
export type LogName = (typeof logNames)[number]

/** One fact that happened, at one schema version. Type and version never change once released. */
export interface EventContract<
  Type extends string = string,
  Data extends z.ZodObject = z.ZodObject,
> {
  /** `<aggregate>.<past_tense>` (CloudEvents `type`). */
  readonly type: Type
  readonly version: number
  readonly data: Data
  /** The field of `data` that holds the aggregate's id; order holds within one aggregate. */
  readonly key: string
  readonly example: z.input<Data>
  /** Where it is written; the same in all versions. */
  readonly log: LogName
  /** How the version before is read; only the first version has none. */
  readonly upcaster?: Upcaster
}

/** The step from one version of an event to the next. */
export interface Upcaster {
  /** The version before. The log holds events of it for ever, so its contract stays. */
  readonly from: EventContract
  /** Data of that version, parsed, as data of the next. Pure: history must read alike each time. */
  readonly upcast: (data: never) => unknown
}

/**
 * Version n > 1 says how it reads version n - 1, which stays beside it:
 * `event('order.placed', 2, schema, { key, example, upcaster: upcaster(orderPlaced1, (old) => ...) })`.
 */
export function event<const Type extends string, Data extends z.ZodObject>(
  type: Type,
  version: number,
  data: Data,
  shape: {
    readonly key: keyof z.input<Data> & string
    readonly example: z.input<Data>
    readonly log?: LogName
    readonly upcaster?: Upcaster & { readonly upcast: (data: never) => z.input<Data> }
  },
): EventContract<Type, Data> {
  const before = shape.upcaster?.from
  const { log = before?.log ?? 'domain' } = shape
  if (before && before.log !== log)
    throw new Error(`${type}: version ${version} is in another log than the one before`)
  return { type, version, data, ...shape, log }
}

export function upcaster<Old extends EventContract, New>(
  from: Old,
  upcast: (data: EventData<Old>) => New,
): Upcaster & { readonly upcast: (data: EventData<Old>) => New } {
  return { from, upcast }
}

/** A contract and all that it can read, newest first. */
export function versionsOf(event: EventContract): EventContract[] {
  return [event, ...(event.upcaster ? versionsOf(event.upcaster.from) : [])]
}

export type EventData<E extends EventContract> = z.output<E['data']>
