import { command, newId, statement } from '@prognetwork/shared-infrastructure'
import type { stockAdjustments, stocks } from '../tables.ts'

export type Stock = Pick<typeof stocks.$inferSelect, 'variantId' | 'onHand' | 'reserved' | 'policy'>
export type Adjustment = Omit<typeof stockAdjustments.$inferSelect, 'tenantId'>

const columns = 'variant_id as "variantId", on_hand as "onHand", reserved, policy'

export const findStock = statement<Stock, [variantId: string]>(
  'stock.find',
  `select ${columns} from stock where variant_id = $1`,
)

/** Nobody reserves or adjusts it before the transaction ends. */
export const lockStock = statement<Stock, [variantId: string]>(
  'stock.lock',
  `select ${columns} from stock where variant_id = $1 for update`,
)

export const setOnHand = command<[variantId: string, onHand: number]>(
  'stock.set_on_hand',
  'update stock set on_hand = $2 where variant_id = $1',
)

const insertMany = command<[records: string]>(
  'stock_adjustment.insert_many',
  `insert into stock_adjustment (id, variant_id, change, on_hand, reason, note, made_by, made_at)
   select r.id, r."variantId", r.change, r."onHand", r.reason, r.note, r."madeBy", r."madeAt"
   from jsonb_to_recordset($1::jsonb) as r (id uuid, "variantId" uuid, change integer,
     "onHand" integer, reason text, note text, "madeBy" text, "madeAt" timestamptz)`,
)

export function insertAdjustments(adjustments: readonly Adjustment[]) {
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
  Adjustment,
  [variantId: string, before: string | null, limit: number]
>(
  'stock_adjustment.list',
  `select id, variant_id as "variantId", change, on_hand as "onHand", reason, note,
     made_by as "madeBy", made_at as "madeAt"
   from stock_adjustment where variant_id = $1 and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)
