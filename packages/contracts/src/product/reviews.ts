// What customers say of products. Nothing of it is shown before staff have approved it.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, page, pageQuery, text, timestamp } from '../shapes.ts'
import { byName, productMissing } from './catalogue.ts'

const shownReview = z.object({
  id: id('review'),
  /** One to five stars. */
  stars: z.int(),
  /** Plain text, as are all words of a review. */
  text: z.string(),
  author: z.string(),
  createdAt: timestamp,
})
const reviewState = z.enum(['pending', 'approved', 'rejected'])
const keptReview = shownReview.extend({
  productId: id('product'),
  accountId: z.string(),
  state: reviewState,
})

const exampleReview = {
  id: examples.id(17),
  stars: 5,
  text: 'It holds water.',
  author: 'Ada',
  createdAt: examples.time,
}
const exampleKeptReview = {
  ...exampleReview,
  productId: examples.id(10),
  accountId: examples.id(),
  state: 'pending' as const,
}

export const reviewExists = problem(
  'conflict',
  'product.review_exists',
  'There is a review of the product by the same customer',
)
export const reviewMissing = problem('missing', 'product.review_missing', 'There is no such review')

export const listReviews = operation('GET', '/v1/products/{product}/reviews', {
  summary: 'Approved reviews of a product on sale, newest first',
  auth: { public: true },
  params: byName,
  query: pageQuery,
  reply: { 200: page(shownReview) },
  problems: [productMissing],
  example: {
    params: { product: 'clay-pot' },
    query: { limit: '20' },
    reply: { items: [exampleReview], next: null },
  },
})

const ofProduct = z.strictObject({ productId: id('product') })

export const writeReview = operation('POST', '/v1/catalogue/products/{productId}/reviews', {
  summary: 'Review a product on sale, once; it is shown when staff have approved it',
  auth: { signedIn: true },
  params: ofProduct,
  body: z.strictObject({
    stars: z.int().min(1).max(5),
    text: text(1, 5_000),
    /** As whom the customer wants to be shown. */
    author: text(1, 100),
  }),
  reply: { 201: keptReview },
  problems: [productMissing, reviewExists],
  example: {
    params: { productId: examples.id(10) },
    body: { stars: 5, text: 'It holds water.', author: 'Ada' },
    reply: exampleKeptReview,
  },
})

export const withdrawReview = operation('DELETE', '/v1/catalogue/products/{productId}/reviews', {
  summary: "Withdraw one's own review of a product; another can be written then",
  auth: { signedIn: true },
  params: ofProduct,
  reply: { 204: nothing },
  problems: [reviewMissing],
  example: { params: { productId: examples.id(10) } },
})

export const listCatalogueReviews = operation('GET', '/v1/catalogue/reviews', {
  summary: 'Reviews of all products, newest first, whatever their state',
  auth: { permission: 'product:review:read' },
  query: pageQuery.extend({
    state: reviewState.optional(),
    productId: id('product').optional(),
  }),
  reply: { 200: page(keptReview) },
  example: {
    query: { productId: examples.id(10) },
    reply: { items: [exampleKeptReview], next: null },
  },
})

export const moderateReview = operation('PATCH', '/v1/catalogue/reviews/{reviewId}', {
  summary: 'Approve or reject a review, also one that was judged before',
  auth: { permission: 'product:review:update' },
  params: z.strictObject({ reviewId: id('review') }),
  body: z.strictObject({ state: reviewState.exclude(['pending']) }),
  reply: { 200: keptReview },
  problems: [reviewMissing],
  example: {
    params: { reviewId: examples.id(17) },
    body: { state: 'approved' },
    reply: { ...exampleKeptReview, state: 'approved' },
  },
})
