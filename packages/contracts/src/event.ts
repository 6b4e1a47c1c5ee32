import type { z } from 'zod'

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
}

export function event<const Type extends string, Data extends z.ZodObject>(
  type: Type,
  version: number,
  data: Data,
  shape: { readonly key: keyof z.input<Data> & string; readonly example: z.input<Data> },
): EventContract<Type, Data> {
  return { type, version, data, ...shape }
}

export type EventData<E extends EventContract> = z.output<E['data']>
