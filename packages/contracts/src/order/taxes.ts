import { z } from 'zod'
import { operation } from '../operation.ts'
import { text } from '../shapes.ts'
import { country } from './shapes.ts'

const taxRate = z.strictObject({
  country,
  /** A part of the country that has a rate of its own. */
  region: text(1, 100).nullable().default(null),
  name: text(1, 100),
  basisPoints: z.int().min(0).max(10_000),
  /** Whether prices hold it already; otherwise it is added. */
  included: z.boolean(),
})
const exampleRates = [
  { country: 'GB', region: null, name: 'VAT', basisPoints: 2_000, included: true },
]
const rates = z.object({ items: z.array(taxRate) })

export const setTaxRates = operation('PUT', '/v1/tax-rates', {
  summary: 'What is taxed where, instead of what was said before; one rate for each place',
  auth: { permission: 'order:tax_rate:update' },
  body: z.strictObject({
    items: z
      .array(taxRate)
      .max(1_000)
      .refine(
        (items) =>
          new Set(items.map((one) => `${one.country}/${one.region?.toLowerCase() ?? ''}`)).size ===
          items.length,
        'one rate for each place',
      ),
  }),
  reply: { 200: rates },
  example: { body: { items: exampleRates }, reply: { items: exampleRates } },
})

export const listTaxRates = operation('GET', '/v1/tax-rates', {
  summary: 'What is taxed where',
  auth: { permission: 'order:tax_rate:read' },
  reply: { 200: rates },
  example: { reply: { items: exampleRates } },
})
