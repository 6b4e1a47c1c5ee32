import { z } from 'zod'
import { operation } from '../operation.ts'

/** What products are taxed as besides `standard`, and how many that are not archived. */
export const taxClassesInUse = z.object({
  items: z.array(z.object({ taxClass: z.string(), products: z.int() })),
})

export const listTaxClassesInUse = operation('GET', '/v1/catalogue/tax-classes', {
  summary: 'What products are taxed as besides the standard, and how many',
  auth: { service: ['order-service'] },
  reply: { 200: taxClassesInUse },
  example: { reply: { items: [{ taxClass: 'reduced', products: 12 }] } },
})
