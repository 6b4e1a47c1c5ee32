import type { CopiedEvent } from '../copy.ts'

/** Redis itself refuses an entry whose id is not above the last one's. */
export const entryId = (position: number): string => `${position}-0`

/** The fields of an entry, in order: what is said of the event, and its data as the log has it. */
export function toFields({ position: _p, partition: _n, data, ...attributes }: CopiedEvent) {
  return ['attributes', JSON.stringify(attributes), 'data', data] as const
}

export function fromEntry(id: string, fields: readonly string[], partition: number): CopiedEvent {
  const [, attributes = '', , data = ''] = fields
  return Object.assign(JSON.parse(attributes), {
    position: Number.parseInt(id, 10),
    partition,
    data,
  })
}
