import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'

type Order = Output<typeof orderContract.operations.listOrders>['items'][number]

/** What a list shows of an order: a hundred thousand of these are kept by a page. */
export type OrderRow = ReturnType<typeof orderRow>

export function orderRow(order: Order) {
  const { id, reference, state, email, placedAt, updatedAt, total, refunded } = order
  const { country } = order.shippingAddress
  return { id, reference, state, email, country, placedAt, updatedAt, total, refunded }
}
