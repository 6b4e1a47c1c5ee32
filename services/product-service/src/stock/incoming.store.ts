import { command, statement } from '@prognetwork/shared-infrastructure'
import type { incomingStocks } from '../tables.ts'

export type Incoming = Omit<typeof incomingStocks.$inferSelect, 'tenantId' | 'locationId'> & {
  readonly locationId: string
}

const columns = `id, variant_id as "variantId", coalesce(location_id, tenant_id) as "locationId",
  expected, received, supplier, due_on::text as "dueOn", state, made_by as "madeBy",
  made_at as "madeAt", ended_at as "endedAt"`

/** Of a variant that is there. */
export const insertIncoming = statement<Incoming, [record: string]>(
  'incoming_stock.insert',
  `insert into incoming_stock
     (id, variant_id, location_id, expected, supplier, due_on, state, made_by, made_at)
   select r.id, s.variant_id, nullif(r."locationId", current_tenant()), r.expected, r.supplier,
     r."dueOn", 'expected', r."madeBy", r."madeAt"
   from jsonb_to_record($1::jsonb) as r (id uuid, "variantId" uuid, "locationId" uuid,
       expected integer, supplier text, "dueOn" date, "madeBy" text, "madeAt" timestamptz)
     join stock s on s.variant_id = r."variantId"
   returning ${columns}`,
)

export const findIncoming = statement<Incoming, [id: string]>(
  'incoming_stock.find',
  `select ${columns} from incoming_stock where id = $1`,
)

export const listIncomingRows = statement<
  Incoming,
  [variantId: string, before: string | null, limit: number]
>(
  'incoming_stock.list',
  `select ${columns} from incoming_stock where variant_id = $1 and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)

/** Nothing when it is not expected any more; it ends when all has arrived, or this was the last. */
export const addReceived = statement<
  Incoming,
  [id: string, quantity: number, isLast: boolean, now: string]
>(
  'incoming_stock.receive',
  `update incoming_stock set received = received + $2,
     state = case when $3 or received + $2 >= expected then 'received' else 'expected' end,
     ended_at = case when $3 or received + $2 >= expected then $4::timestamptz end
   where id = $1 and state = 'expected' returning ${columns}`,
)

export const cancel = command<[id: string, now: string]>(
  'incoming_stock.cancel',
  `update incoming_stock set state = 'cancelled', ended_at = $2
   where id = $1 and state = 'expected'`,
)
