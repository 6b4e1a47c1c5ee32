import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { id } from '../shapes.ts'
import { fulfilmentMissing } from './fulfilments.ts'
import { exampleKey, orderMissing, orderUnfit } from './orders.ts'

const file = 'application/pdf'
const pdf = z.object({ bytes: z.base64() })
const byOrder = z.strictObject({ orderId: id('order') })
const example = {
  params: { orderId: examples.id(15) },
  reply: { bytes: 'JVBERi0xLjMKJf////8K' },
}

/** Of an order that is paid, also when its money was given back later; its number never changes. */
export const readInvoice = operation('GET', '/v1/orders/{orderId}/invoice', {
  summary: 'The invoice of an order that was paid',
  auth: { permission: 'order:order:read' },
  params: byOrder,
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, orderUnfit],
  example,
})

export const readMyInvoice = operation('GET', '/v1/me/orders/{orderId}/invoice', {
  summary: "The invoice of one of the customer's own orders",
  auth: { signedIn: true },
  params: byOrder,
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, orderUnfit],
  example,
})

export const lookUpInvoice = operation('GET', '/v1/order-look-ups/{key}/invoice', {
  summary: 'The invoice of the order of a key that a guest was given',
  auth: { public: true },
  params: z.strictObject({ key: z.string().min(40).max(120) }),
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, orderUnfit],
  example: { ...example, params: { key: exampleKey } },
})

export const readPackingSlip = operation('GET', '/v1/orders/{orderId}/packing-slip', {
  summary: 'What goes with the goods of an order: what is in the parcel, and no prices',
  auth: { permission: 'order:order:read' },
  params: byOrder,
  /** Of one parcel; of all that was bought without one. */
  query: z.strictObject({ fulfilmentId: id('fulfilment').optional() }),
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, fulfilmentMissing, orderUnfit],
  example: { ...example, query: { fulfilmentId: examples.id(28) } },
})
