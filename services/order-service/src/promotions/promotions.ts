// Ways to pay less. How they are used up is in the database (redeem_coupons), where checkouts begin.
import type { Input, Output } from '@prognetwork/contracts'
import { codeTaken, type orderContract, promotionMissing } from '@prognetwork/contracts/order'
import {
  type Audit,
  type Database,
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { insertPromotion, listPromotionsOf, type Promotion, setEnd } from './promotions.store.ts'

type PromotionHandlers = Handlers<typeof orderContract>
type Shown = Output<typeof orderContract.operations.createPromotion>
type Terms = Input<typeof orderContract.operations.createPromotion>['body']

export function createPromotions(parts: { readonly db: Database; readonly audit: Audit }) {
  const { db, audit } = parts

  const create: PromotionHandlers['createPromotion'] = async (ctx, { body }) => {
    const promotion = { ...rowOf(body), id: newId(), used: 0, createdAt: ctx.now }
    const answer = shown(promotion)
    await onConstraint(
      { promotion_code: () => new Problem(codeTaken, 'Choose another, or end that one') },
      () =>
        db.batch(ctx, [
          insertPromotion(JSON.stringify(promotion)),
          audit(ctx, {
            action: 'promotion.created',
            outcome: 'success',
            resource: `promotion/${promotion.id}`,
            detail: { name: body.name },
          }),
          ctx.answer(answer),
        ]),
    )
    return answer
  }

  const list: PromotionHandlers['listPromotions'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const rows = await db.read(ctx, listPromotionsOf(before, query.limit + 1))
    const { items, next } = listPage(rows, query.limit, (row) => [row.id])
    return { items: items.map(shown), next }
  }

  const end: PromotionHandlers['endPromotion'] = async (ctx, { params }) => {
    const [[ended]] = await db.batch(ctx, [setEnd(params.promotionId, ctx.now)])
    if (!ended) throw new Problem(promotionMissing, 'Look at the list of promotions')
    return shown(ended)
  }

  return { create, list, end }
}

function rowOf(body: Terms): Omit<Promotion, 'id' | 'used' | 'createdAt'> {
  const { reduction, minimum, limit, ...same } = body
  return {
    ...same,
    kind: reduction.kind,
    basisPoints: reduction.kind === 'percent' ? reduction.basisPoints : null,
    amountMinor: reduction.kind === 'amount' ? reduction.amount.amountMinor : null,
    currency: reduction.kind === 'amount' ? reduction.amount.currency : null,
    minimumMinor: minimum?.amountMinor ?? null,
    minimumCurrency: minimum?.currency ?? null,
    useLimit: limit,
  }
}

function shown(row: Promotion): Shown {
  const { id, name, code, productIds, startsAt, endsAt, limitPerCustomer, combinable } = row
  const { minimumMinor, minimumCurrency, useLimit: limit, used, createdAt } = row
  return {
    ...{ id, name, code, productIds, startsAt, endsAt, limit, limitPerCustomer, combinable },
    ...{ used, createdAt, reduction: reductionOf(row) },
    minimum:
      minimumMinor === null || minimumCurrency === null
        ? null
        : { amountMinor: minimumMinor, currency: minimumCurrency },
  }
}

function reductionOf({ kind, basisPoints, amountMinor, currency }: Promotion): Shown['reduction'] {
  if (kind === 'percent' && basisPoints !== null) return { kind, basisPoints }
  if (kind === 'amount' && amountMinor !== null && currency !== null)
    return { kind, amount: { amountMinor, currency } }
  return { kind: 'free_shipping' }
}
