import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, money, page, pageQuery, text, timestamp } from '../shapes.ts'
import { described, exampleKey, orderMissing, orderUnfit } from './orders.ts'
import { exampleOrder, quantity } from './shapes.ts'

export const returnMissing = problem('missing', 'order.return_missing', 'There is no such return')
export const returnTaken = problem('conflict', 'order.return_taken', 'Another return has this id')
export const returnUnfit = problem(
  'conflict',
  'order.return_unfit',
  'The return is not in a state in which this can be done',
)
export const returnTooLate = problem(
  'conflict',
  'order.return_too_late',
  'The time in which the order could be returned is over',
)
export const goodsNotReturnable = problem(
  'conflict',
  'order.goods_not_returnable',
  'More is to be returned than was bought and is not being returned yet',
)
export const receiptUnfit = problem(
  'unprocessable',
  'order.receipt_unfit',
  'What has come is not what was to be returned',
)
export const deductionExceeded = problem(
  'unprocessable',
  'order.deduction_exceeded',
  'More is to be kept than the goods have cost',
)

/** `refunding` is decided: the money goes back as soon as the gateway can be reached. */
export const returnState = z.enum([
  'requested',
  'approved',
  'refused',
  'received',
  'refunding',
  'refunded',
])

const returnedLine = z.object({
  variantId: id('variant'),
  quantity: z.int(),
  /** What was paid for it, with its tax; once it has come, for as many as have. */
  amount: money,
  tax: money,
  /** How many have come, and whether they went back to the shelf; null before. */
  received: z.int().nullable(),
  restocked: z.boolean().nullable(),
})

const orderReturn = z.object({
  id: id('order_return'),
  orderId: id('order'),
  state: returnState,
  reason: z.string(),
  lines: z.array(returnedLine),
  /** What was paid for all of it, what is kept of that, and what went back: null until it did. */
  amount: money,
  /** That is in the amount. */
  tax: money,
  deduction: money,
  refunded: money.nullable(),
  /** By whom each came about; to customers, `shop` for whoever works there. */
  history: z.array(
    z.object({ state: returnState, at: timestamp, by: z.string(), note: z.string().nullable() }),
  ),
  requestedAt: timestamp,
  updatedAt: timestamp,
})

const pounds = (amountMinor: number) => ({ amountMinor, currency: 'GBP' })
const exampleReturn = {
  ...{ id: examples.id(29), orderId: examples.id(15), state: 'requested', reason: 'Too small' },
  lines: [
    {
      ...{ variantId: examples.id(11), quantity: 1, received: null, restocked: null },
      ...{ amount: pounds(1_599), tax: pounds(267) },
    },
  ],
  ...{ amount: pounds(1_599), tax: pounds(267), deduction: pounds(0), refunded: null },
  history: [{ state: 'requested', at: examples.time, by: examples.id(), note: null }],
  ...{ requestedAt: examples.time, updatedAt: examples.time },
} as const
const exampleAs = <const State extends z.output<typeof returnState>>(state: State) => ({
  ...exampleReturn,
  state,
  history: [...exampleReturn.history, { state, at: examples.time, by: examples.id(), note: null }],
})

const onceEach = <Line extends z.ZodObject<{ variantId: z.ZodUUID }>>(line: Line) =>
  z
    .array(line)
    .min(1)
    .max(200)
    .refine((lines) => new Set(lines.map((one) => one.variantId)).size === lines.length, {
      error: 'must name each variant once',
    })

/** The id is the caller's: sent again with the same, it is the same return. */
const wanted = z.strictObject({
  id: z.uuid().toLowerCase(),
  lines: onceEach(z.strictObject({ variantId: id('variant'), quantity })),
  reason: text(1, 500),
})
const exampleWanted = {
  id: exampleReturn.id,
  lines: [{ variantId: examples.id(11), quantity: 1 }],
  reason: 'Too small',
}
const byOrder = z.strictObject({ orderId: id('order') })
const byKey = z.strictObject({ key: z.string().min(40).max(120) })
const exampleByOrder = { params: { orderId: examples.id(15) } }
const exampleByKey = { params: { key: exampleKey } }
const ofOrder = z.object({ items: z.array(orderReturn) })

/** Staff may do so at any time. */
export const requestReturn = operation('POST', '/v1/orders/{orderId}/returns', {
  summary: 'A customer wants to return goods that were sent, and said so to the shop',
  auth: { permission: 'order:return:create' },
  params: byOrder,
  body: wanted,
  reply: { 201: orderReturn },
  problems: [orderMissing, orderUnfit, goodsNotReturnable, returnTaken],
  example: { ...exampleByOrder, body: exampleWanted, reply: exampleReturn },
})

export const requestMyReturn = operation('POST', '/v1/me/orders/{orderId}/returns', {
  summary: "Ask to return goods of one of the customer's own orders",
  auth: { signedIn: true },
  params: byOrder,
  body: wanted,
  reply: { 201: orderReturn },
  problems: [orderMissing, orderUnfit, returnTooLate, goodsNotReturnable, returnTaken],
  example: { ...exampleByOrder, body: exampleWanted, reply: exampleReturn },
})

export const requestReturnByKey = operation('POST', '/v1/order-look-ups/{key}/returns', {
  summary: 'Ask to return goods of the order of a key that a guest was given',
  auth: { public: true },
  params: byKey,
  body: wanted,
  reply: { 201: orderReturn },
  problems: [orderMissing, orderUnfit, returnTooLate, goodsNotReturnable, returnTaken],
  example: { ...exampleByKey, body: exampleWanted, reply: exampleReturn },
})

export const listMyReturns = operation('GET', '/v1/me/orders/{orderId}/returns', {
  summary: "What is returned of one of the customer's own orders",
  auth: { signedIn: true },
  params: byOrder,
  reply: { 200: ofOrder },
  problems: [orderMissing],
  example: { ...exampleByOrder, reply: { items: [exampleReturn] } },
})

export const lookUpReturns = operation('GET', '/v1/order-look-ups/{key}/returns', {
  summary: 'What is returned of the order of a key that a guest was given',
  auth: { public: true },
  params: byKey,
  reply: { 200: ofOrder },
  problems: [orderMissing],
  example: { ...exampleByKey, reply: { items: [exampleReturn] } },
})

export const listReturns = operation('GET', '/v1/returns', {
  summary: 'Returns to the shop, newest first',
  auth: { permission: 'order:return:read' },
  query: pageQuery.extend({ state: returnState.optional(), orderId: id('order').optional() }),
  reply: { 200: page(orderReturn) },
  example: { query: { state: 'requested' }, reply: { items: [exampleReturn], next: null } },
})

const byReturn = z.strictObject({ returnId: id('order_return') })
const exampleParams = { returnId: exampleReturn.id }

export const readReturn = operation('GET', '/v1/returns/{returnId}', {
  summary: 'A return and how it came to be what it is',
  auth: { permission: 'order:return:read' },
  params: byReturn,
  reply: { 200: orderReturn },
  problems: [returnMissing],
  example: { params: exampleParams, reply: exampleReturn },
})

/** As customers see it, with the order as it is by now. */
export const describeReturn = operation('GET', '/v1/return-descriptions/{returnId}', {
  summary: 'A return of a shop with its order, for what is written to who bought it',
  auth: { service: ['email-service'] },
  params: byReturn,
  reply: { 200: z.object({ order: described, return: orderReturn }) },
  problems: [returnMissing],
  example: {
    params: exampleParams,
    reply: { order: { ...exampleOrder, key: exampleKey, fulfilment: null }, return: exampleReturn },
  },
})

export const approveReturn = operation('POST', '/v1/returns/{returnId}/approval', {
  summary: 'The goods may be sent back',
  auth: { permission: 'order:return:update' },
  params: byReturn,
  reply: { 200: orderReturn },
  problems: [returnMissing, returnUnfit],
  example: { params: exampleParams, reply: exampleAs('approved') },
})

export const refuseReturn = operation('POST', '/v1/returns/{returnId}/refusal', {
  summary: 'The goods are not taken back; they may be asked for anew',
  auth: { permission: 'order:return:update' },
  params: byReturn,
  body: z.strictObject({ reason: text(1, 500) }),
  reply: { 200: orderReturn },
  problems: [returnMissing, returnUnfit],
  example: {
    params: exampleParams,
    body: { reason: 'It was worn' },
    reply: exampleAs('refused'),
  },
})

/** Names every line of the return; what has not come of one may be asked for anew. */
export const receiveReturn = operation('POST', '/v1/returns/{returnId}/receipt', {
  summary: 'The goods have come: which of them go back to the shelf',
  auth: { permission: 'order:return:update' },
  params: byReturn,
  body: z.strictObject({
    lines: onceEach(
      z.strictObject({
        variantId: id('variant'),
        /** As many as were to come without. */
        quantity: z.int().min(0).max(1_000_000).optional(),
        restock: z.boolean(),
      }),
    ),
  }),
  reply: { 200: orderReturn },
  problems: [returnMissing, returnUnfit, receiptUnfit],
  example: {
    params: exampleParams,
    body: { lines: [{ variantId: examples.id(11), restock: true }] },
    reply: exampleAs('received'),
  },
})

/** Never more than is left of the payment. Asked for again with the same deduction it is the same. */
export const refundReturn = operation('POST', '/v1/returns/{returnId}/refund', {
  summary: 'Give back what was paid for the goods, whole or less a deduction',
  auth: { permission: 'order:return:refund' },
  params: byReturn,
  body: z.strictObject({ deductionMinor: z.int().min(0).default(0) }),
  reply: { 200: orderReturn },
  problems: [returnMissing, returnUnfit, deductionExceeded],
  example: {
    params: exampleParams,
    body: { deductionMinor: 100 },
    reply: {
      ...exampleAs('refunded'),
      ...{ deduction: pounds(100), refunded: pounds(1_499) },
    },
  },
})
