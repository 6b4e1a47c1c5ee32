import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
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

export const creditNoteMissing = problem(
  'missing',
  'order.credit_note_missing',
  'The order has no such credit note',
)

/** As a path has it. */
const number = z.coerce.number().int().min(1).max(2_147_483_647)
const exampleNote = { ...example, params: { ...example.params, number: '1' } }

/** Made with each refund of an order that was paid, and numbered without gaps. */
export const readCreditNote = operation('GET', '/v1/orders/{orderId}/credit-notes/{number}', {
  summary: 'The credit note of a refund of an order',
  auth: { permission: 'order:order:read' },
  params: byOrder.extend({ number }),
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, creditNoteMissing],
  example: exampleNote,
})

export const readMyCreditNote = operation('GET', '/v1/me/orders/{orderId}/credit-notes/{number}', {
  summary: "The credit note of a refund of one of the customer's own orders",
  auth: { signedIn: true },
  params: byOrder.extend({ number }),
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, creditNoteMissing],
  example: exampleNote,
})

export const lookUpCreditNote = operation('GET', '/v1/order-look-ups/{key}/credit-notes/{number}', {
  summary: 'The credit note of a refund of the order of a key that a guest was given',
  auth: { public: true },
  params: z.strictObject({ key: z.string().min(40).max(120), number }),
  file,
  rate: 'bulk',
  reply: { 200: pdf },
  problems: [orderMissing, creditNoteMissing],
  example: { ...exampleNote, params: { key: exampleKey, number: '1' } },
})
