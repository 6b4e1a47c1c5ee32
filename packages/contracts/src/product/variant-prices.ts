// What a variant costs whom now, and what it would cost by each price list.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { id, money } from '../shapes.ts'
import { variantMissing } from './products.ts'
import { price } from './shapes.ts'

const variantPrices = z.object({
  variantId: id('variant'),
  productId: id('product'),
  title: z.string(),
  sku: z.string().nullable(),
  optionValues: z.array(z.string()),
  /** What it costs by itself. */
  own: z.array(price),
  /** In lists, whether they hold or not. */
  listed: z.array(z.object({ priceListId: id('price_list'), price: money })),
  /** What holds at this moment for everyone, and for each group that a list with the variant is for. */
  holding: z.array(
    z.object({
      /** Everyone in none of the groups when null. */
      groupId: id('customer_group').nullable(),
      price,
      /** The list that made it lower than the variant's own. */
      priceListId: id('price_list').nullable(),
    }),
  ),
})

const own = { amountMinor: 1_599, currency: 'GBP', compareAtMinor: null }
export const readVariantPrices = operation('GET', '/v1/catalogue/variants/{variantId}/prices', {
  summary: 'What a variant costs now and for whom, and which price list makes it so',
  auth: { permission: 'product:price_list:read' },
  params: z.strictObject({ variantId: id('variant') }),
  reply: { 200: variantPrices },
  problems: [variantMissing],
  example: {
    params: { variantId: examples.id(11) },
    reply: {
      ...{ variantId: examples.id(11), productId: examples.id(10), title: 'Clay pot' },
      ...{ sku: 'POT-CLAY-L', optionValues: ['Large'], own: [own] },
      listed: [{ priceListId: examples.id(71), price: { amountMinor: 1_299, currency: 'GBP' } }],
      holding: [
        { groupId: null, price: own, priceListId: null },
        {
          groupId: examples.id(70),
          price: { amountMinor: 1_299, currency: 'GBP', compareAtMinor: 1_599 },
          priceListId: examples.id(71),
        },
      ],
    },
  },
})
