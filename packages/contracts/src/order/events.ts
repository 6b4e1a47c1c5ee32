import { z } from 'zod'
import { event, upcaster } from '../event.ts'
import { examples } from '../examples.ts'
import { id, money } from '../shapes.ts'
import { exampleFulfilment, sentFulfilment, sentLine } from './shapes.ts'

const aboutOrder = z.object({
  orderId: id('order'),
  reference: z.string(),
  accountId: id('account').nullable(),
  reservationId: id('reservation'),
  total: money,
})
const example = {
  orderId: examples.id(15),
  reference: '7F3K2Q9D',
  accountId: examples.id(),
  reservationId: examples.id(14),
  total: { amountMinor: 3_198, currency: 'GBP' },
}
const told = <const Type extends string>(type: Type) =>
  event(type, 1, aboutOrder, { key: 'orderId', example })
/** True of both events where an order is placed and paid in one moment. */
const paidAtOnce = z.boolean()
const toldOfPayment = <const Type extends string>(type: Type) =>
  event(type, 2, aboutOrder.extend({ paidAtOnce }), {
    key: 'orderId',
    example: { ...example, paidAtOnce: true },
    upcaster: upcaster(told(type), (data) => ({ ...data, paidAtOnce: false })),
  })
const reasoned = <const Type extends string>(type: Type, reason: string) =>
  event(type, 1, aboutOrder.extend({ reason: z.string() }), {
    key: 'orderId',
    example: { ...example, reason },
  })

export const orderPlaced = toldOfPayment('order.placed')
export const orderPaid = toldOfPayment('order.paid')
const orderShipped1 = told('order.shipped')
/** Of each parcel; null of what was sent when an order was one parcel. */
export const orderShipped = event(
  'order.shipped',
  2,
  aboutOrder.extend({ fulfilment: sentFulfilment.nullable() }),
  {
    key: 'orderId',
    example: { ...example, fulfilment: exampleFulfilment },
    upcaster: upcaster(orderShipped1, (data) => ({ ...data, fulfilment: null })),
  },
)
export const orderDelivered = told('order.delivered')
export const orderCancelled = reasoned('order.cancelled', 'The customer changed their mind')
/** With the goods that never left the house, which are on the shelf again. */
export const orderRefunded = event(
  'order.refunded',
  2,
  aboutOrder.extend({ reason: z.string(), unsent: z.array(sentLine) }),
  {
    key: 'orderId',
    example: { ...example, reason: 'It came broken', unsent: [] },
    upcaster: upcaster(reasoned('order.refunded', 'It came broken'), (data) => ({
      ...data,
      unsent: [],
    })),
  },
)
