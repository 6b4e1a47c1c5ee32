import { command, newId, statement } from '@prognetwork/shared-infrastructure'
import type { stockAdjustments, stocks } from '../tables.ts'

export type Stock = Pick<typeof stocks.$inferSelect, 'variantId' | 'onHand' | 'reserved' | 'policy'>
export type Adjustment = Omit<typeof stockAdjustments.$inferSelect, 'tenantId' | 'locationId'>

/** All there is to say of a variant; its places in the order in which orders take from them. */
export const findStock = statement<
  Stock & {
    available: number
    incoming: number
    lowBelow: number | null
    locations: (Pick<Level, 'locationId' | 'onHand' | 'reserved'> & {
      name: string
      isActive: boolean
    })[]
  },
  [variantId: string]
>(
  'stock.find',
  `select s.variant_id as "variantId", s.on_hand as "onHand", s.reserved, s.policy,
     s.on_hand - s.reserved as available,
     (select least(coalesce(sum(greatest(i.expected - i.received, 0)), 0), 2147483647)::integer
       from incoming_stock i where i.variant_id = s.variant_id and i.state = 'expected') as incoming,
     (select t.below from stock_threshold t where t.variant_id = s.variant_id) as "lowBelow",
     (select jsonb_agg(jsonb_build_object('locationId', l.location_id, 'name', o.name,
         'isActive', l.is_active, 'onHand', l.on_hand, 'reserved', l.reserved)
         order by l.priority, l.location_id)
       from levels_of(s.variant_id) l join stock_locations() o on o.id = l.location_id) as locations
   from stock s where s.variant_id = $1`,
)

/** Nobody reserves or adjusts it before the transaction ends. */
export const lockStock = statement<Stock, [variantId: string]>(
  'stock.lock',
  `select variant_id as "variantId", on_hand as "onHand", reserved, policy
   from stock where variant_id = $1 for update`,
)

export interface Level {
  readonly locationId: string
  readonly onHand: number
  readonly reserved: number
}

export const findLevels = statement<Level, [variantId: string]>(
  'stock_level.find',
  `select location_id as "locationId", on_hand as "onHand", reserved from levels_of($1)`,
)

export const changeLevel = command<[variantId: string, locationId: string, change: number]>(
  'stock_level.change',
  'select change_level($1, $2, $3)',
)

/** An import says what there is altogether; the first place is where the difference lies. */
const insertMany = command<[records: string]>(
  'stock_adjustment.insert_many',
  `insert into stock_adjustment
     (id, variant_id, location_id, change, on_hand, reason, note, made_by, made_at)
   select r.id, r."variantId", nullif(r."locationId", current_tenant()), r.change,
     r."onHand" - case when r.reason = 'imported' then coalesce((select sum(l.on_hand)
         from stock_level l join stock_location o on o.id = l.location_id and o.is_active
         where l.variant_id = r."variantId"), 0) else 0 end,
     r.reason, r.note, r."madeBy", r."madeAt"
   from jsonb_to_recordset($1::jsonb) as r (id uuid, "variantId" uuid, "locationId" uuid,
     change integer, "onHand" integer, reason text, note text, "madeBy" text,
     "madeAt" timestamptz)`,
)

/** In the first place, where none is named. */
export function insertAdjustments(
  adjustments: readonly (Adjustment & { readonly locationId?: string })[],
) {
  return insertMany(JSON.stringify(adjustments))
}

/** The first count of variants that were just made, as the beginning of their history. */
export function insertFirstCounts(
  variants: readonly { readonly id: string; readonly onHand: number }[],
  madeBy: string,
  now: string,
) {
  return insertAdjustments(
    variants
      .filter(({ onHand }) => onHand !== 0)
      .map(({ id, onHand }) => ({
        id: newId(),
        variantId: id,
        change: onHand,
        onHand,
        reason: 'received',
        note: null,
        madeBy,
        madeAt: now,
      })),
  )
}

export const listAdjustmentsOf = statement<
  Adjustment & { locationId: string },
  [variantId: string, before: string | null, limit: number]
>(
  'stock_adjustment.list',
  `select id, variant_id as "variantId", coalesce(location_id, tenant_id) as "locationId", change,
     on_hand as "onHand", reason, note, made_by as "madeBy", made_at as "madeAt"
   from stock_adjustment where variant_id = $1 and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)
