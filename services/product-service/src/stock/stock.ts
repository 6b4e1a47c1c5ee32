import { type productContract, variantMissing } from '@prognetwork/contracts/product'
import { type Handlers, listPage, Problem, readCursor } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { ProductParts } from '../products/products.ts'
import { createLevels, firstPlace, levelAt, lockPlaces, lockVariant, unfit } from './levels.ts'
import { findStock, listAdjustmentsOf } from './stock.store.ts'

type StockHandlers = Handlers<typeof productContract>

/** What there is of each variant, and how it came to be. */
export function createStock(parts: ProductParts) {
  const { db } = parts
  const changeLevels = createLevels(parts)

  const read: StockHandlers['readStock'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findStock(params.variantId))
    if (!found) throw new Problem(variantMissing, 'No variant has this id')
    return found
  }

  const adjust: StockHandlers['adjustStock'] = async (ctx, { params, body }) => {
    const { change, onHand, reason, note, locationId = firstPlace(ctx) } = body
    if ((change === undefined) === (onHand === undefined))
      throw unfit('/body', 'either change or onHand', 'Say what to add, or what was counted')
    return db.transaction(ctx, async (tx) => {
      const [place] = await lockPlaces(ctx, tx, [locationId])
      const stock = await lockVariant(tx, params.variantId)
      const added = change ?? (onHand ?? 0) - levelAt(stock, place).onHand
      const made = await changeLevels(ctx, stock, [{ place, change: added, reason, note }])
      const [adjustment] = made.adjustments
      if (!adjustment) throw new Error('one change makes one adjustment')
      await tx.batch([...made.statements, ctx.answer(adjustment)])
      return adjustment
    })
  }

  const move: StockHandlers['moveStock'] = (ctx, { params: { variantId }, body }) => {
    const { fromLocationId, toLocationId, quantity, note } = body
    return db.transaction(ctx, async (tx) => {
      const [from, to] = await lockPlaces(ctx, tx, [fromLocationId, toLocationId])
      if (from.id === to.id)
        throw unfit('/body/toLocationId', 'another location', 'It is there already')
      const stock = await lockVariant(tx, variantId)
      const { onHand, reserved } = levelAt(stock, from)
      const free = Math.max(onHand - reserved, 0)
      if (free < quantity)
        throw unfit('/body/quantity', `at most ${free}`, `${quantity} are to be moved`)
      const made = await changeLevels(ctx, stock, [
        { place: from, change: -quantity, reason: 'moved', note },
        { place: to, change: quantity, reason: 'moved', note },
      ])
      const [left, arrived] = made.adjustments
      if (!left || !arrived) throw new Error('two changes make two adjustments')
      const moved = { from: left, to: arrived }
      await tx.batch([...made.statements, ctx.answer(moved)])
      return moved
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

  return { read, adjust, move, list }
}
