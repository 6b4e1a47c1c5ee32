import {
  locationNameTaken,
  locationNeeded,
  type productContract,
  stockAdjusted,
} from '@prognetwork/contracts/product'
import {
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { ProductParts } from '../products/products.ts'
import { noPlace } from './levels.ts'
import {
  findLocation,
  type Location,
  listLocationRows,
  lockLocation,
  putLocation,
  switchLocation,
} from './locations.store.ts'

type LocationHandlers = Handlers<typeof productContract>

const constraints = {
  stock_location_name: () => new Problem(locationNameTaken, 'Choose another name'),
}

/** Where a tenant keeps goods, and in which order they are sold from there. */
export function createLocations({ db, events, audit }: ProductParts) {
  const list: LocationHandlers['listLocations'] = async (ctx, { query: { after, limit } }) => {
    const [priority, id] = readCursor(after, z.tuple([z.int32(), z.uuid()])) ?? []
    const rows = await db.read(ctx, listLocationRows(priority ?? null, id ?? null, limit + 1))
    return listPage(rows, limit, (row) => [row.priority, row.id])
  }

  const create: LocationHandlers['createLocation'] = (ctx, { body: { name, priority } }) => {
    const location: Location = { id: newId(), name, priority, isActive: true, isFirst: false }
    return onConstraint(constraints, async () => {
      await db.batch(ctx, [
        putLocation(location.id, name, priority),
        audit(ctx, {
          action: 'stock_location.created',
          outcome: 'success',
          resource: `stock_location/${location.id}`,
        }),
        ctx.answer(location),
      ])
      return location
    })
  }

  const change: LocationHandlers['changeLocation'] = (ctx, { params: { locationId }, body }) =>
    onConstraint(constraints, () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockLocation(locationId))
        const [before] = await tx.run(findLocation(locationId))
        if (!before) noPlace()
        const { name = before.name, priority = before.priority, isActive = before.isActive } = body
        if (before.isFirst && !isActive)
          throw new Problem(locationNeeded, 'Whatever lies in no other place lies there')
        await tx.run(putLocation(locationId, name, priority))
        if (isActive !== before.isActive) {
          const moved = await tx.run(switchLocation(locationId, isActive))
          const reason = isActive ? 'opened' : 'closed'
          const facts = moved
            .filter((one) => one.change !== 0)
            .map((one) => ({ data: { ...one, reason } }))
          await tx.run(await events.putAll(ctx, stockAdjusted, facts))
        }
        await tx.run(
          audit(ctx, {
            action: 'stock_location.changed',
            outcome: 'success',
            resource: `stock_location/${locationId}`,
            detail: { priority, isActive },
          }),
        )
        return { ...before, name, priority, isActive }
      }),
    )

  return { list, create, change }
}
