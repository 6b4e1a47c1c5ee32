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

/** All that was bought has come back. */
export const orderReturned = told('order.returned')

const aboutReturn = z.object({
  returnId: id('order_return'),
  orderId: id('order'),
  reference: z.string(),
  accountId: id('account').nullable(),
  lines: z.array(sentLine),
  /** What was paid for the goods. */
  amount: money,
})
const exampleReturn = {
  returnId: examples.id(29),
  ...{ orderId: example.orderId, reference: example.reference, accountId: example.accountId },
  lines: [{ variantId: examples.id(11), quantity: 1 }],
  amount: { amountMinor: 1_599, currency: 'GBP' },
}
const toldOfReturn = <const Type extends string>(type: Type) =>
  event(type, 1, aboutReturn, { key: 'returnId', example: exampleReturn })

export const orderReturnRequested = toldOfReturn('order.return_requested')
export const orderReturnApproved = toldOfReturn('order.return_approved')
export const orderReturnRefused = event(
  'order.return_refused',
  1,
  aboutReturn.extend({ reason: z.string() }),
  { key: 'returnId', example: { ...exampleReturn, reason: 'It was worn' } },
)
/** With what of it goes back to the shelf. */
export const orderReturnReceived = event(
  'order.return_received',
  1,
  aboutReturn.extend({ restocked: z.array(sentLine) }),
  { key: 'returnId', example: { ...exampleReturn, restocked: exampleReturn.lines } },
)
/** With what went back, which may be less than was paid. */
export const orderReturnRefunded = event(
  'order.return_refunded',
  1,
  aboutReturn.extend({ refunded: money }),
  { key: 'returnId', example: { ...exampleReturn, refunded: exampleReturn.amount } },
)
