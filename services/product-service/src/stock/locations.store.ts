import { command, statement } from '@prognetwork/shared-infrastructure'
import type { stockLocations } from '../tables.ts'

export type Location = Omit<typeof stockLocations.$inferSelect, 'tenantId'> & {
  readonly isFirst: boolean
}

const columns = 'id, name, priority, is_active as "isActive", is_first as "isFirst"'

export const listLocationRows = statement<
  Location,
  [afterPriority: number | null, afterId: string | null, limit: number]
>(
  'stock_location.list',
  `select ${columns} from stock_locations()
   where $1::integer is null or (priority, id) > ($1, $2::uuid) order by priority, id limit $3`,
)

export const findLocation = statement<Location, [id: string]>(
  'stock_location.find',
  `select ${columns} from stock_locations() where id = $1`,
)

/** For share: several may put something there at a time, and nobody opens or closes it meanwhile. */
export const lockLocations = statement<{ id: string; isActive: boolean }, [ids: readonly string[]]>(
  'stock_location.lock_many',
  `select id, is_active as "isActive" from stock_location where id = any ($1)
   order by id for share`,
)

/** Nobody puts anything there, or changes it, before the transaction ends. */
export const lockLocation = command<[id: string]>(
  'stock_location.lock',
  'select from stock_location where id = $1 for no key update',
)

/** The first one gets its row, and with it its name, when it is changed or another is made. */
export const putLocation = command<[id: string, name: string, priority: number]>(
  'stock_location.put',
  `with first as (
     insert into stock_location (id, name, priority)
     select id, name, priority from stock_locations() where is_first and id <> $1
     on conflict (tenant_id, id) do nothing)
   insert into stock_location (id, name, priority) values ($1, $2, $3)
   on conflict (tenant_id, id) do update set name = excluded.name, priority = excluded.priority`,
)

export const switchLocation = statement<
  { variantId: string; change: number; onHand: number },
  [id: string, opening: boolean]
>(
  'stock_location.switch',
  `select variant_id as "variantId", change, on_hand as "onHand" from switch_location($1, $2)`,
)
