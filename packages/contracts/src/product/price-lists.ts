// Prices that hold for a while, for a group of customers or for everyone.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, money, nothing, page, pageQuery, text, timestamp } from '../shapes.ts'
import { groupMissing } from './customer-groups.ts'
import { variantMissing } from './products.ts'
import { priceAmount } from './shapes.ts'

const fields = {
  name: text(1, 100),
  /** Whom it is for; everyone when null. */
  groupId: id('customer_group').nullable(),
  /** It holds from this moment on, */
  startsAt: timestamp.nullable(),
  /** and at this one no longer. */
  endsAt: timestamp.nullable(),
  /** Nobody has the prices of a draft. */
  state: z.enum(['draft', 'active']),
}
const priceList = z.object({ id: id('price_list'), ...fields, version: z.int() })
const examplePriceList = {
  ...{ id: examples.id(71), name: 'Summer sale', groupId: examples.id(70) },
  ...{ startsAt: examples.time, endsAt: examples.laterTime },
  ...{ state: 'active' as const, version: 1 },
}

const listed = z.object({
  variantId: id('variant'),
  productId: id('product'),
  title: z.string(),
  sku: z.string().nullable(),
  optionValues: z.array(z.string()),
  /** In the list, in the order of their currencies. */
  prices: z.array(money),
})
const exampleListed = {
  ...{ variantId: examples.id(11), productId: examples.id(10), title: 'Clay pot' },
  ...{ sku: 'POT-CLAY-L', optionValues: ['Large'] },
  prices: [{ amountMinor: 1_299, currency: 'GBP' }],
}

export const priceListMissing = problem(
  'missing',
  'product.price_list_missing',
  'There is no such price list',
)
export const priceListOutdated = problem(
  'precondition',
  'product.price_list_outdated',
  'The price list was changed since it was read',
)
export const priceListUnfit = problem(
  'unprocessable',
  'product.price_list_unfit',
  'A price list cannot be like that',
)

export const priceListNameTaken = problem(
  'conflict',
  'product.price_list_name_taken',
  'Another price list has this name',
)

const byList = z.strictObject({ priceListId: id('price_list') })

export const listPriceLists = operation('GET', '/v1/catalogue/price-lists', {
  summary: 'Every price list, by its name',
  auth: { permission: 'product:price_list:read' },
  reply: { 200: z.object({ items: z.array(priceList) }) },
  example: { reply: { items: [examplePriceList] } },
})

export const createPriceList = operation('POST', '/v1/catalogue/price-lists', {
  summary: 'Make a price list; where several hold for a customer, the lowest price does',
  auth: { permission: 'product:price_list:create' },
  idempotent: true,
  body: z.strictObject({
    name: fields.name,
    groupId: fields.groupId.default(null),
    startsAt: fields.startsAt.default(null),
    endsAt: fields.endsAt.default(null),
    state: fields.state.default('draft'),
  }),
  reply: { 201: priceList },
  problems: [groupMissing, priceListUnfit, priceListNameTaken],
  example: {
    body: {
      ...{ name: 'Summer sale', groupId: examples.id(70), state: 'active' },
      ...{ startsAt: examples.time, endsAt: examples.laterTime },
    },
    reply: examplePriceList,
  },
})

export const changePriceList = operation('PATCH', '/v1/catalogue/price-lists/{priceListId}', {
  summary: 'Change whom a price list is for, when it holds, its name or its state',
  auth: { permission: 'product:price_list:update' },
  params: byList,
  body: z.strictObject({
    version: z.int().min(1),
    changes: z.strictObject(z.object(fields).partial().shape),
  }),
  reply: { 200: priceList },
  problems: [priceListMissing, priceListOutdated, priceListUnfit, priceListNameTaken, groupMissing],
  example: {
    params: { priceListId: examples.id(71) },
    body: { version: 1, changes: { groupId: examples.id(70), state: 'draft' } },
    reply: { ...examplePriceList, state: 'draft', version: 2 },
  },
})

export const removePriceList = operation('DELETE', '/v1/catalogue/price-lists/{priceListId}', {
  summary: 'Remove a price list with its prices',
  auth: { permission: 'product:price_list:delete' },
  params: byList,
  reply: { 204: nothing },
  problems: [priceListMissing],
  example: { params: { priceListId: examples.id(71) } },
})

export const listListedPrices = operation('GET', '/v1/catalogue/price-lists/{priceListId}/prices', {
  summary: 'What a price list has prices for',
  auth: { permission: 'product:price_list:read' },
  params: byList,
  query: pageQuery,
  reply: { 200: page(listed) },
  problems: [priceListMissing],
  example: {
    params: { priceListId: examples.id(71) },
    query: {},
    reply: { items: [exampleListed], next: null },
  },
})

/** At most one for each currency; without any the list has none for the variant. */
export const listedAmounts = z
  .array(priceAmount)
  .max(50)
  .refine(
    (prices) => new Set(prices.map((one) => one.currency)).size === prices.length,
    'one price for each currency',
  )

export const setListedPrices = operation('PUT', '/v1/catalogue/price-lists/{priceListId}/prices', {
  summary: 'Say what variants cost in a price list, instead of what they did; others stay',
  auth: { permission: 'product:price_list:update' },
  params: byList,
  body: z.strictObject({
    items: z
      .array(z.strictObject({ variantId: id('variant'), prices: listedAmounts }))
      .min(1)
      .max(1_000)
      .refine(
        (items) => new Set(items.map((one) => one.variantId)).size === items.length,
        'each variant once',
      ),
  }),
  reply: { 200: priceList },
  problems: [priceListMissing, priceListUnfit, variantMissing],
  example: {
    params: { priceListId: examples.id(71) },
    body: {
      items: [{ variantId: examples.id(11), prices: [{ amountMinor: 1_299, currency: 'GBP' }] }],
    },
    reply: { ...examplePriceList, version: 2 },
  },
})

export const setListedPrice = operation(
  'PUT',
  '/v1/catalogue/price-lists/{priceListId}/prices/{variantId}',
  {
    summary: 'Say what one variant costs in a price list; without prices it is taken out',
    auth: { permission: 'product:price_list:update' },
    params: byList.extend({ variantId: id('variant') }),
    body: z.strictObject({ prices: listedAmounts }),
    reply: { 200: priceList },
    problems: [priceListMissing, priceListUnfit, variantMissing],
    example: {
      params: { priceListId: examples.id(71), variantId: examples.id(11) },
      body: { prices: [{ amountMinor: 1_299, currency: 'GBP' }] },
      reply: { ...examplePriceList, version: 2 },
    },
  },
)
