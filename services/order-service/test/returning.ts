// What is done to return goods, by whoever bought them and by the shop.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import type { TestClient, TestShop } from '@prognetwork/testing'
import type { Shopping } from './shopping.ts'

const { approveReturn, readOrder, receiveReturn, refundReturn, requestMyReturn } =
  orderContract.operations
const { shipOrder } = orderContract.operations
const { readPayment } = paymentContract.operations
const { readStock } = productContract.operations

export type Lines = readonly (readonly [variantId: string, quantity: number])[]

const wanted = (lines: Lines, id: string = randomUUID()) => ({
  ...{ id, reason: 'They are too small' },
  lines: lines.map(([variantId, quantity]) => ({ variantId, quantity })),
})
export const at = (orderId: string) => ({ params: { orderId } })
export const of = (returnId: string) => ({ params: { returnId } })

export function createReturning(shop: TestShop, shopping: Shopping, customer: TestClient) {
  /** Three pots and two lids, paid for and sent. */
  async function sent(client = customer) {
    const pot = await shopping.variant({ amountMinor: 1_000 })
    const lid = await shopping.variant({ amountMinor: 500 })
    const lines = [
      [pot, 3],
      [lid, 2],
    ] as const
    const { body } = await shopping.buy(lines, client)
    await shop.staff.call(shipOrder, { ...at(body.id), body: { carrier: 'Mail', number: '1' } })
    return { ...body, paymentId: body.paymentId ?? '', pot, lid, all: lines }
  }

  const ask = (
    orderId: string,
    lines: Lines,
    { client = customer, id = randomUUID() as string } = {},
  ) => client.call(requestMyReturn, { ...at(orderId), body: wanted(lines, id) })
  const approve = (id: string) => shop.staff.call(approveReturn, of(id))
  const receive = (
    id: string,
    lines: readonly (readonly [variantId: string, restock: boolean])[],
  ) =>
    shop.staff.call(receiveReturn, {
      ...of(id),
      body: { lines: lines.map(([variantId, restock]) => ({ variantId, restock })) },
    })
  const refund = (id: string, deductionMinor = 0) =>
    shop.staff.call(refundReturn, { ...of(id), body: { deductionMinor } })
  const orderOf = async (orderId: string) =>
    (await shop.staff.call(readOrder, { ...at(orderId), query: {} })).body
  const refundedOf = async (paymentId: string) =>
    (await shop.staff.call(readPayment, { params: { paymentId } })).body.refundedMinor
  const onHandOf = async (variantId: string) =>
    (await shop.staff.call(readStock, { params: { variantId } })).body.onHand

  async function received(order: Awaited<ReturnType<typeof sent>>, lines: Lines, restock = true) {
    const { body } = await ask(order.id, lines)
    await approve(body.id)
    await receive(
      body.id,
      lines.map(([variantId]) => [variantId, restock]),
    )
    return body.id
  }

  return { sent, ask, approve, receive, refund, orderOf, refundedOf, onHandOf, received }
}
