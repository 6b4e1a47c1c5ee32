// Goods of orders that come back to the shelf, each lot once however often it is told.
import type { Context, Transaction } from '@prognetwork/contracts'
import { orderRefunded, orderReturnReceived } from '@prognetwork/contracts/order'
import { stockAdjusted } from '@prognetwork/contracts/product'
import { on } from '@prognetwork/event-based-service-client'
import { type EventPublisher, newId, statement } from '@prognetwork/shared-infrastructure'

interface Lot {
  readonly id: string
  readonly orderId: string
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[]
  readonly note: string
}

const putGoodsBack = statement<
  { variantId: string; change: number; onHand: number },
  [
    lot: string,
    orderId: string,
    variantIds: readonly string[],
    quantities: readonly number[],
    adjustments: readonly string[],
    note: string,
    by: string,
    now: string,
  ]
>(
  'goods_back.put',
  `select variant_id as "variantId", change, on_hand as "onHand"
   from put_goods_back($1, $2, $3, $4, $5, $6, $7, $8)`,
)

export function createGoodsBack({ events }: { readonly events: EventPublisher }) {
  async function put(ctx: Context, tx: Transaction, { id, orderId, lines, note }: Lot) {
    if (lines.length === 0) return
    const changes = await tx.run(
      putGoodsBack(
        ...([id, orderId] as const),
        ...([lines.map((one) => one.variantId), lines.map((one) => one.quantity)] as const),
        ...([lines.map(() => newId()), note, 'order-service', ctx.now] as const),
      ),
    )
    const facts = changes.map((data) => ({ data: { ...data, reason: 'returned' as const } }))
    await tx.run(await events.putAll(ctx, stockAdjusted, facts))
  }

  return {
    put,
    consumers: [
      on(orderRefunded, (ctx, { data: { orderId, unsent: lines } }, tx) =>
        put(ctx, tx, { id: orderId, orderId, lines, note: 'Its order was refunded, not sent' }),
      ),
      on(orderReturnReceived, (ctx, { data: { returnId: id, orderId, restocked: lines } }, tx) =>
        put(ctx, tx, { id, orderId, lines, note: 'They were returned' }),
      ),
    ],
  }
}

export type GoodsBack = ReturnType<typeof createGoodsBack>
