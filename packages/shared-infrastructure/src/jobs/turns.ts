// Lots of what is due, one after the other from pass to pass: what fails each time it is tried keeps
// nothing else waiting.
import type { Context } from '@prognetwork/contracts'

/** `read` answers at most `limit` rows in the order of their ids, after the one that is named. */
export function createTurns<Row extends { readonly id: string }>(
  lotSize: number,
  read: (ctx: Context, after: string | null, limit: number) => Promise<readonly Row[]>,
): (ctx: Context) => Promise<readonly Row[]> {
  let after: string | null = null
  return async (ctx) => {
    let rows = await read(ctx, after, lotSize)
    if (rows.length === 0 && after !== null) rows = await read(ctx, null, lotSize)
    after = rows.length < lotSize ? null : (rows.at(-1)?.id ?? null)
    return rows
  }
}
