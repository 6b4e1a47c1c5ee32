import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, text, timestamp } from '../shapes.ts'
import { orderMissing, orderUnfit } from './orders.ts'
import { exampleFulfilment, quantity, sentLine, tracking } from './shapes.ts'

export const fulfilmentMissing = problem(
  'missing',
  'order.fulfilment_missing',
  'The order has no such fulfilment',
)
export const fulfilmentTaken = problem(
  'conflict',
  'order.fulfilment_taken',
  'Another fulfilment has this id',
)
export const goodsNotLeft = problem(
  'conflict',
  'order.goods_not_left',
  'More is to be sent than is left of the order',
)

const fulfilment = z.object({
  id: id('fulfilment'),
  lines: z.array(sentLine),
  tracking,
  shippedAt: timestamp,
  deliveredAt: timestamp.nullable(),
})
const exampleSent = {
  id: exampleFulfilment.fulfilmentId,
  lines: exampleFulfilment.lines,
  tracking: exampleFulfilment.tracking,
  shippedAt: examples.time,
  deliveredAt: null,
}

const byOrder = z.strictObject({ orderId: id('order') })
const exampleParams = { orderId: examples.id(15) }

const toSend = z
  .array(z.strictObject({ variantId: id('variant'), quantity }))
  .min(1)
  .max(200)
  .refine((lines) => new Set(lines.map((line) => line.variantId)).size === lines.length, {
    error: 'must name each variant once',
  })

/** The id is the caller's: sent again with the same, it is the same fulfilment. */
export const createFulfilment = operation('POST', '/v1/orders/{orderId}/fulfilments', {
  summary: 'Some of the goods are on their way',
  auth: { permission: 'order:order:update' },
  params: byOrder,
  body: z.strictObject({
    id: z.uuid().toLowerCase(),
    lines: toSend,
    carrier: text(1, 100),
    number: text(1, 100),
  }),
  reply: { 201: fulfilment },
  problems: [orderMissing, orderUnfit, goodsNotLeft, fulfilmentTaken],
  example: {
    params: exampleParams,
    body: {
      id: exampleSent.id,
      lines: exampleSent.lines,
      ...exampleSent.tracking,
    },
    reply: exampleSent,
  },
})

export const listFulfilments = operation('GET', '/v1/orders/{orderId}/fulfilments', {
  summary: 'What was sent of an order so far, the first parcel first',
  auth: { permission: 'order:order:read' },
  params: byOrder,
  reply: { 200: z.object({ items: z.array(fulfilment) }) },
  problems: [orderMissing],
  example: { params: exampleParams, reply: { items: [exampleSent] } },
})

/** When nothing is left to be sent and everything has arrived, the order has. */
export const deliverFulfilment = operation(
  'POST',
  '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/delivery',
  {
    summary: 'A parcel has arrived',
    auth: { permission: 'order:order:update' },
    params: byOrder.extend({ fulfilmentId: id('fulfilment') }),
    reply: { 200: fulfilment },
    problems: [orderMissing, fulfilmentMissing, orderUnfit],
    example: {
      params: { ...exampleParams, fulfilmentId: exampleSent.id },
      reply: { ...exampleSent, deliveredAt: examples.time },
    },
  },
)
