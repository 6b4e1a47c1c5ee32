import {
  type productContract,
  stockAdjusted,
  stockUnfit,
  variantMissing,
} from '@prognetwork/contracts/product'
import {
  type Handlers,
  listPage,
  newId,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { ProductParts } from '../products/products.ts'
import {
  type Adjustment,
  findStock,
  insertAdjustments,
  listAdjustmentsOf,
  lockStock,
  setOnHand,
} from './stock.store.ts'

type StockHandlers = Handlers<typeof productContract>

/** A count fits its 32-bit column with room to add. */
const maxOnHand = 1_000_000_000

/** What there is of each variant, and how it came to be. */
export function createStock({ db, events, audit }: ProductParts) {
  const read: StockHandlers['readStock'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findStock(params.variantId))
    return found ?? missing()
  }

  const adjust: StockHandlers['adjustStock'] = async (ctx, { params, body }) => {
    if ((body.change === undefined) === (body.onHand === undefined))
      throw unfit('/body', 'either change or onHand', 'Say what to add, or what was counted')
    return db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockStock(params.variantId))
      if (!before) missing()
      const onHand = body.onHand ?? before.onHand + (body.change ?? 0)
      if (Math.abs(onHand) > maxOnHand)
        throw unfit('/body/change', `a stock within ${maxOnHand}`, `It would become ${onHand}`)
      const adjustment: Adjustment = {
        id: newId(),
        variantId: params.variantId,
        change: onHand - before.onHand,
        onHand,
        reason: body.reason,
        note: body.note,
        madeBy: ctx.principal.subject,
        madeAt: ctx.now,
      }
      const { variantId, change, reason } = adjustment
      await tx.batch([
        setOnHand(variantId, onHand),
        insertAdjustments([adjustment]),
        await events.put(ctx, stockAdjusted, { variantId, change, onHand, reason }),
        audit(ctx, {
          action: 'stock.adjusted',
          outcome: 'success',
          resource: `variant/${variantId}`,
          detail: { change, onHand, reason },
        }),
        ctx.answer(adjustment),
      ])
      return adjustment
    })
  }

  const list: StockHandlers['listAdjustments'] = async (ctx, { params, query }) => {
    const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const rows = await db.read(
      ctx,
      listAdjustmentsOf(params.variantId, before ?? null, query.limit + 1),
    )
    return listPage(rows, query.limit, (row) => [row.id])
  }

  return { read, adjust, list }
}

function missing(): never {
  throw new Problem(variantMissing, 'No variant has this id')
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(stockUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
