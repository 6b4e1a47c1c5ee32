import { type Context, common } from '@prognetwork/contracts'
import { type productContract, reviewExists, reviewMissing } from '@prognetwork/contracts/product'
import { subjectErased } from '@prognetwork/contracts/user'
import { on } from '@prognetwork/event-based-service-client'
import {
  type Audit,
  type Database,
  deleteSubjectKey,
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { missing } from '../products/products.ts'
import {
  deleteReview,
  deleteReviewsOf,
  findOnSale,
  findReview,
  insertReview,
  listApproved,
  listReviewRows,
  refreshRatings,
  setReviewState,
} from './reviews.store.ts'

type ReviewHandlers = Handlers<typeof productContract>

const position = z.tuple([z.uuid()])

/** What customers say of products, and what becomes of it. */
export function createReviews({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const write: ReviewHandlers['writeReview'] = (ctx, { params: { productId }, body }) => {
    const accountId = personOf(ctx)
    const { stars, text, author } = body
    const id = newId()
    const constraints = {
      review_author: () => new Problem(reviewExists, 'Withdraw it to write another'),
    }
    return onConstraint(constraints, () =>
      db.transaction(ctx, async (tx) => {
        const [product] = await tx.run(findOnSale(productId, null))
        if (!product) missing()
        await tx.run(insertReview(id, productId, accountId, stars, text, author, ctx.now))
        const [made] = await tx.run(findReview(id))
        if (!made) throw new Error('the review just made is not there')
        return made
      }),
    )
  }

  const withdraw: ReviewHandlers['withdrawReview'] = async (ctx, { params: { productId } }) => {
    const accountId = personOf(ctx)
    await db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteReview(productId, accountId))
      if (!gone) throw new Problem(reviewMissing, 'There is none of yours')
      await tx.run(refreshRatings([productId]))
    })
  }

  const listShown: ReviewHandlers['listReviews'] = async (ctx, { params: { product }, query }) => {
    const [before] = readCursor(query.after, position) ?? []
    const isId = z.uuid().safeParse(product).success
    const [found] = await db.read(ctx, isId ? findOnSale(product, null) : findOnSale(null, product))
    const { id } = found ?? missing()
    const rows = await db.read(ctx, listApproved(id, before ?? null, query.limit + 1))
    return listPage(rows, query.limit, (row) => [row.id])
  }

  const list: ReviewHandlers['listCatalogueReviews'] = async (ctx, { query }) => {
    const [before] = readCursor(query.after, position) ?? []
    const { state = null, productId = null, limit } = query
    const rows = await db.read(ctx, listReviewRows(state, productId, before ?? null, limit + 1))
    return listPage(rows, limit, (row) => [row.id])
  }

  const moderate: ReviewHandlers['moderateReview'] = (ctx, { params, body: { state } }) =>
    db.transaction(ctx, async (tx) => {
      const [review] = await tx.run(setReviewState(params.reviewId, state))
      if (!review) throw new Problem(reviewMissing, 'No review has this id')
      await tx.batch([
        refreshRatings([review.productId]),
        audit(ctx, {
          action: `review.${state}`,
          outcome: 'success',
          resource: `review/${review.id}`,
        }),
      ])
      return review
    })

  /** Reviews go with who wrote them, and what they added to the average. */
  const erasure = on(subjectErased, async (_ctx, { data: { subjectId } }, tx) => {
    await tx.run(deleteSubjectKey(subjectId))
    const gone = await tx.run(deleteReviewsOf(subjectId))
    if (gone.length > 0) await tx.run(refreshRatings(gone.map((one) => one.productId)))
  })

  return { write, withdraw, listShown, list, moderate, consumers: [erasure] }
}

function personOf({ principal: { kind, subject } }: Context): string {
  if (kind !== 'user') throw new Problem(common.permissionDenied, 'Only people review products')
  return subject
}
