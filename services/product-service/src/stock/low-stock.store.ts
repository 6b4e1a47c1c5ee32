import { command, statement } from '@prognetwork/shared-infrastructure'

/** Nothing when there is no such variant; whether it was told stays as it is. */
export const putThreshold = statement<{ below: number }, [variantId: string, below: number]>(
  'stock_threshold.put',
  `insert into stock_threshold (variant_id, below)
   select s.variant_id, $2 from stock s where s.variant_id = $1
   on conflict (tenant_id, variant_id) do update set below = excluded.below returning below`,
)

export const deleteThreshold = command<[variantId: string]>(
  'stock_threshold.delete',
  'delete from stock_threshold where variant_id = $1',
)

const isLow = `s.policy <> 'untracked' and s.on_hand - s.reserved < t.below`

/** Tenants in which something fell below its threshold, or rose above it, since it was last looked at. */
export const listChanged = statement<{ tenantId: string }, []>(
  'stock_threshold.list_changed',
  `select distinct t.tenant_id as "tenantId" from stock_threshold t
     join stock s on s.tenant_id = t.tenant_id and s.variant_id = t.variant_id
   where t.is_low <> (${isLow})`,
)

export const noteChanged = statement<
  { variantId: string; available: number; below: number; isLow: boolean },
  []
>(
  'stock_threshold.note_changed',
  `update stock_threshold t set is_low = not t.is_low from stock s
   where s.variant_id = t.variant_id and t.is_low <> (${isLow})
   returning t.variant_id as "variantId", s.on_hand - s.reserved as available, t.below,
     t.is_low as "isLow"`,
)
