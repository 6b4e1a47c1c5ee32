import { z } from 'zod'
import { operation } from '../operation.ts'
import { currency } from '../shapes.ts'
import { byName, productMissing } from './catalogue.ts'
import { exampleCard, productCard } from './shapes.ts'
import { wanted } from './translations.ts'

export const readRecommendations = operation('GET', '/v1/products/{product}/recommendations', {
  summary: 'What is bought together with a product, what is similar, and what is popular besides',
  auth: { public: true },
  params: byName,
  query: z.strictObject({
    ...wanted,
    currency: currency.optional(),
    /** Of each kind. */
    limit: z.coerce.number().int().min(1).max(12).default(8),
  }),
  reply: {
    200: z.object({
      boughtTogether: z.array(productCard),
      similar: z.array(productCard),
      popular: z.array(productCard),
    }),
  },
  problems: [productMissing],
  example: {
    params: { product: 'clay-pot' },
    query: {},
    reply: { boughtTogether: [exampleCard], similar: [exampleCard], popular: [exampleCard] },
  },
})
