import { common } from '@prognetwork/contracts'
import type { z } from 'zod'
import { Problem } from '../service/failure.ts'
import { unstorableText } from './input-errors.ts'

/**
 * One page of a list. The store is asked for one row more than the page holds: that row says
 * whether there is a next page. The cursor is an opaque, versioned token around the sort values
 * of the last item, so pages stay right while rows come and go.
 */
export function listPage<Row>(
  rows: readonly Row[],
  limit: number,
  sortValues: (row: Row) => readonly unknown[],
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next = rows.length > limit && last !== undefined ? writeCursor(sortValues(last)) : null
  return { items, next }
}

const version = 1

/** The opaque token around these values; `readCursor` answers them. */
export function writeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([version, ...values])).toString('base64url')
}

/**
 * The sort values to go on after; undefined for the first page. Throws `request.invalid` for a
 * cursor that this list did not give out.
 */
export function readCursor<Values extends readonly unknown[]>(
  cursor: string | undefined,
  schema: z.ZodType<Values>,
): Values | undefined {
  if (cursor === undefined) return undefined
  try {
    const [written, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const parsed = written === version ? schema.safeParse(values) : undefined
    if (parsed?.success && !unstorableText(values, '')) return parsed.data
  } catch {
    // Falls through to the one answer for every cursor that cannot be read.
  }
  throw new Problem(common.requestInvalid, 'The cursor was not given out by this list', {
    errors: [
      {
        pointer: '/query/after',
        expected: 'the `next` of the page before',
        detail: 'The cursor cannot be read',
      },
    ],
  })
}
