import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'
import { country, priced } from './shapes.ts'

export const shippingMethodMissing = problem(
  'missing',
  'order.shipping_method_missing',
  'There is no such shipping method',
)
export const shippingUnfit = problem(
  'unprocessable',
  'order.shipping_unfit',
  'It cannot be sent there like that',
)

const terms = z.strictObject({
  name: text(1, 200),
  /** Where it goes; everywhere without. */
  countries: z.array(country).min(1).max(300).nullable().default(null),
  /** Orders in this currency alone. */
  price: priced(0),
  /** From what the lines come to it costs nothing. */
  freeFromMinor: z.int().min(0).nullable().default(null),
})
const shippingMethod = z.object({ id: id('shipping_method'), ...terms.shape })
const exampleTerms = {
  name: 'Standard',
  countries: ['GB', 'IE'],
  price: { amountMinor: 499, currency: 'GBP' },
  freeFromMinor: 5_000,
}
const exampleShippingMethod = { id: examples.id(27), ...exampleTerms }

export const createShippingMethod = operation('POST', '/v1/shipping-methods', {
  summary: 'A way in which orders are sent. Once there is one, an order needs one that fits',
  auth: { permission: 'order:shipping_method:create' },
  idempotent: true,
  body: terms,
  reply: { 201: shippingMethod },
  example: { body: exampleTerms, reply: exampleShippingMethod },
})

export const listShippingMethods = operation('GET', '/v1/shipping-methods', {
  summary: 'In which ways orders are sent',
  auth: { permission: 'order:shipping_method:read' },
  reply: { 200: z.object({ items: z.array(shippingMethod) }) },
  example: { reply: { items: [exampleShippingMethod] } },
})

export const removeShippingMethod = operation('DELETE', '/v1/shipping-methods/{shippingMethodId}', {
  summary: 'Nothing is sent like that from now on; orders keep what they were promised',
  auth: { permission: 'order:shipping_method:remove' },
  params: z.strictObject({ shippingMethodId: id('shipping_method') }),
  reply: { 204: nothing },
  problems: [shippingMethodMissing],
  example: { params: { shippingMethodId: examples.id(27) } },
})
