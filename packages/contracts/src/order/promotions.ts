import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, text, timestamp } from '../shapes.ts'
import { priced } from './shapes.ts'

export const promotionMissing = problem(
  'missing',
  'order.promotion_missing',
  'There is no such promotion',
)
export const codeTaken = problem('conflict', 'order.code_taken', 'Another promotion has this code')
export const couponUnavailable = problem(
  'conflict',
  'order.coupon_unavailable',
  'The code cannot be used, or not any more',
)

/** What people type; case makes no difference. */
export const couponCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9-]{3,40}$/)

const kind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percent'), basisPoints: z.int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('amount'), amount: priced(1) }),
  z.strictObject({ kind: z.literal('free_shipping') }),
])

const terms = z.strictObject({
  name: text(1, 200),
  /** Without a code everybody gets it. */
  code: couponCode.nullable().default(null),
  reduction: kind,
  /** What it is for; everything without. */
  productIds: z.array(id('product')).min(1).max(200).nullable().default(null),
  /** What the lines have to come to; in this currency alone. */
  minimum: priced(0).nullable().default(null),
  startsAt: timestamp.nullable().default(null),
  endsAt: timestamp.nullable().default(null),
  /** How many orders may use it; needs a code. */
  limit: z.int().min(1).max(1_000_000_000).nullable().default(null),
  /** How many of one customer, who has to be signed in; needs a code. */
  limitPerCustomer: z.int().min(1).max(1_000).nullable().default(null),
  /** Together with others; otherwise the better of the two counts. */
  combinable: z.boolean().default(true),
})
const limited = terms.refine(
  ({ code, limit, limitPerCustomer }) =>
    code !== null || (limit === null && limitPerCustomer === null),
  { path: ['code'], error: 'Only what has a code can be limited' },
)
const promotion = z.object({
  id: id('promotion'),
  ...terms.shape,
  /** By how many orders it was used. */
  used: z.int(),
  createdAt: timestamp,
})
const exampleTerms = {
  ...{ name: 'Spring sale', code: 'SPRING-10' },
  reduction: { kind: 'percent' as const, basisPoints: 1_000 },
  productIds: [examples.id(10)],
  limit: 500,
}
const examplePromotion = {
  ...exampleTerms,
  id: examples.id(26),
  ...{ minimum: null, startsAt: null, endsAt: null, limitPerCustomer: null },
  ...{ combinable: true, used: 17, createdAt: examples.time },
}

export const createPromotion = operation('POST', '/v1/promotions', {
  summary: 'Take something off, for everybody or for who has the code',
  auth: { permission: 'order:promotion:create' },
  idempotent: true,
  body: limited,
  reply: { 201: promotion },
  problems: [codeTaken],
  example: { body: exampleTerms, reply: examplePromotion },
})

export const listPromotions = operation('GET', '/v1/promotions', {
  summary: 'Promotions, newest first',
  auth: { permission: 'order:promotion:read' },
  query: pageQuery,
  reply: { 200: page(promotion) },
  example: { query: {}, reply: { items: [examplePromotion], next: null } },
})

const byPromotion = z.strictObject({ promotionId: id('promotion') })
const exampleParams = { promotionId: examples.id(26) }

export const endPromotion = operation('POST', '/v1/promotions/{promotionId}/end', {
  summary: 'From now on nobody gets it; orders that have it keep it',
  auth: { permission: 'order:promotion:update' },
  params: byPromotion,
  reply: { 200: promotion },
  problems: [promotionMissing],
  example: { params: exampleParams, reply: { ...examplePromotion, endsAt: examples.time } },
})
