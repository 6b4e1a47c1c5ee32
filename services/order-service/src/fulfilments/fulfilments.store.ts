import { command, statement } from '@prognetwork/shared-infrastructure'
import type { fulfilmentLines, fulfilments } from '../tables.ts'

type SentLine = Pick<typeof fulfilmentLines.$inferSelect, 'variantId' | 'quantity'>

export interface Fulfilment extends Omit<typeof fulfilments.$inferSelect, 'tenantId' | 'orderId'> {
  readonly lines: SentLine[]
}

export const listFulfilmentsOf = statement<Fulfilment, [orderId: string]>(
  'fulfilment.list',
  `select f.id, f.order_version as "orderVersion", f.tracking, f.shipped_at as "shippedAt",
     f.delivered_at as "deliveredAt",
     (select jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity)
        order by l.variant_id)
      from fulfilment_line l where l.tenant_id = f.tenant_id and l.fulfilment_id = f.id) as lines
   from fulfilment f where f.order_id = $1 order by f.order_version`,
)

/** Nothing when another has the id. */
export const insertFulfilment = statement<
  { id: string },
  [id: string, orderId: string, orderVersion: number, tracking: string, now: string]
>(
  'fulfilment.insert',
  `insert into fulfilment (id, order_id, order_version, tracking, shipped_at)
   values ($1, $2, $3, $4, $5) on conflict (tenant_id, id) do nothing returning id`,
)

export const insertFulfilmentLines = command<[id: string, orderId: string, lines: string]>(
  'fulfilment_line.insert',
  `insert into fulfilment_line (fulfilment_id, order_id, variant_id, quantity)
   select $1, $2, "variantId", quantity
   from jsonb_to_recordset($3::jsonb) as l ("variantId" uuid, quantity integer)`,
)

/** Of one that has arrived already the first moment stays. */
export const noteDelivery = command<[id: string, now: string]>(
  'fulfilment.note_delivery',
  'update fulfilment set delivered_at = $2 where id = $1 and delivered_at is null',
)

export const noteDeliveries = command<[orderId: string, now: string]>(
  'fulfilment.note_deliveries',
  'update fulfilment set delivered_at = $2 where order_id = $1 and delivered_at is null',
)
