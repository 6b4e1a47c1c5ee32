import { momentIn } from './moment-in.ts'
import type { Typed } from './refused.server.ts'

/** A price list as its form was filled in. */
export function priceListIn(typed: Typed) {
  return {
    ...{ name: typed.name?.trim() ?? '', groupId: typed.groupId || null },
    ...{ startsAt: momentIn(typed.startsAt ?? '') ?? null },
    ...{ endsAt: momentIn(typed.endsAt ?? '') ?? null },
    state: typed.state === 'active' ? ('active' as const) : ('draft' as const),
  }
}
