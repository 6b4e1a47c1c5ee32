import {
  incomingEnded,
  incomingMissing,
  type productContract,
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
  addReceived,
  cancel,
  findIncoming,
  insertIncoming,
  listIncomingRows,
} from './incoming.store.ts'
import { createLevels, firstPlace, lockPlaces, lockVariant } from './levels.ts'

type IncomingHandlers = Handlers<typeof productContract>

/** What is on its way, until it has arrived. */
export function createIncoming(parts: ProductParts) {
  const { db, audit } = parts
  const changeLevels = createLevels(parts)

  const expect: IncomingHandlers['expectStock'] = (ctx, { params: { variantId }, body }) => {
    const { quantity, locationId = firstPlace(ctx), supplier, dueOn } = body
    return db.transaction(ctx, async (tx) => {
      const [place] = await lockPlaces(ctx, tx, [locationId])
      const record = {
        ...{ id: newId(), variantId, locationId: place.id, expected: quantity, supplier, dueOn },
        ...{ madeBy: ctx.principal.subject, madeAt: ctx.now },
      }
      const [made] = await tx.run(insertIncoming(JSON.stringify(record)))
      if (!made) throw new Problem(variantMissing, 'No variant has this id')
      await tx.batch([
        audit(ctx, {
          action: 'incoming_stock.expected',
          outcome: 'success',
          resource: `variant/${variantId}`,
          detail: { incomingId: made.id, expected: quantity },
        }),
        ctx.answer(made),
      ])
      return made
    })
  }

  /** Whoever has the locks of place and variant finds out whether it is still waited for. */
  const receive: IncomingHandlers['receiveStock'] = (ctx, { params: { incomingId }, body }) =>
    db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(findIncoming(incomingId))
      if (!before) missing()
      const [place] = await lockPlaces(ctx, tx, [before.locationId])
      const stock = await lockVariant(tx, before.variantId)
      const [after] = await tx.run(addReceived(incomingId, body.quantity, body.isLast, ctx.now))
      if (!after) ended()
      const { supplier: note } = after
      const made = await changeLevels(ctx, stock, [
        { place, change: body.quantity, reason: 'received', note },
      ])
      await tx.batch([...made.statements, ctx.answer(after)])
      return after
    })

  const abandon: IncomingHandlers['cancelIncoming'] = (ctx, { params: { incomingId } }) =>
    db.transaction(ctx, async (tx) => {
      await tx.run(cancel(incomingId, ctx.now))
      const [found] = await tx.run(findIncoming(incomingId))
      if (!found) missing()
      if (found.state !== 'cancelled') ended()
      await tx.run(
        audit(ctx, {
          action: 'incoming_stock.cancelled',
          outcome: 'success',
          resource: `variant/${found.variantId}`,
          detail: { incomingId },
        }),
      )
      return found
    })

  const list: IncomingHandlers['listIncoming'] = async (ctx, { params, query }) => {
    const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { limit } = query
    const rows = await db.read(ctx, listIncomingRows(params.variantId, before ?? null, limit + 1))
    return listPage(rows, limit, (row) => [row.id])
  }

  return { expect, receive, cancel: abandon, list }
}

function missing(): never {
  throw new Problem(incomingMissing, 'Nothing of this id was ever expected')
}

function ended(): never {
  throw new Problem(incomingEnded, 'It has arrived, or was called off')
}
