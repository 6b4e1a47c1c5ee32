import { z } from 'zod'
import { operation } from '../operation.ts'
import { taxClassesInUse } from '../product/tax-classes.ts'
import { standardTax, taxClass, text } from '../shapes.ts'
import { country } from './shapes.ts'

const taxRate = z.strictObject({
  country,
  /** A part of the country that has a rate of its own. */
  region: text(1, 100).nullable().default(null),
  /** Products whose class has no rate there, and shipping, are taxed by the standard one. */
  taxClass: taxClass.default(standardTax),
  name: text(1, 100),
  basisPoints: z.int().min(0).max(10_000),
  /** Whether prices hold it already; otherwise it is added. */
  included: z.boolean(),
})
const exampleRates = [
  {
    country: 'GB',
    region: null,
    taxClass: 'standard',
    name: 'VAT',
    basisPoints: 2_000,
    included: true,
  },
  {
    country: 'GB',
    region: null,
    taxClass: 'reduced',
    name: 'VAT',
    basisPoints: 500,
    included: true,
  },
]
type TaxRate = z.output<typeof taxRate>
const placeOf = ({ country, region }: TaxRate) => `${country}/${region?.toLowerCase() ?? ''}`
const areDistinct = (items: readonly TaxRate[]) =>
  new Set(items.map((one) => `${placeOf(one)}/${one.taxClass}`)).size === items.length
const haveStandard = (items: readonly TaxRate[]) => {
  const standard = items.filter((one) => one.taxClass === standardTax)
  const included = new Map(standard.map((one) => [placeOf(one), one.included]))
  return items.every((one) => included.get(placeOf(one)) === one.included)
}

const rates = z.object({
  items: z.array(taxRate),
  /**
   * Classes that products have and no rate names anywhere, such as misspelt ones: these products are
   * taxed by the standard rate. See `docs/decisions/0034-a-class-without-a-rate-is-shown.md`.
   */
  unratedClasses: taxClassesInUse.shape.items,
})
const exampleUnrated = [{ taxClass: 'redcued', products: 2 }]

export const setTaxRates = operation('PUT', '/v1/tax-rates', {
  summary:
    'What is taxed where, instead of what was said before; one rate for each place and class',
  auth: { permission: 'order:tax_rate:update' },
  body: z.strictObject({
    items: z
      .array(taxRate)
      .max(1_000)
      .refine(areDistinct, 'one rate for each place and class')
      .refine(haveStandard, 'a standard rate for each place, all of it included or all added'),
  }),
  reply: { 200: rates },
  example: { body: { items: exampleRates }, reply: { items: exampleRates, unratedClasses: [] } },
})

export const listTaxRates = operation('GET', '/v1/tax-rates', {
  summary: 'What is taxed where, and which classes of products no rate names',
  auth: { permission: 'order:tax_rate:read' },
  reply: { 200: rates },
  example: { reply: { items: exampleRates, unratedClasses: exampleUnrated } },
})
