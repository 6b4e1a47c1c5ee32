// How what lies somewhere is changed: the places are locked first, in the order of their ids, and the
// variant then, so that a place is neither opened nor closed while something is put there.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  locationMissing,
  stockAdjusted,
  stockUnfit,
  variantMissing,
} from '@prognetwork/contracts/product'
import { type Audit, type EventPublisher, newId, Problem } from '@prognetwork/shared-infrastructure'
import { lockLocations } from './locations.store.ts'
import {
  type Adjustment,
  changeLevel,
  findLevels,
  insertAdjustments,
  type Level,
  lockStock,
  type Stock,
} from './stock.store.ts'

/** A count fits its 32-bit column with room to add. */
const maxOnHand = 1_000_000_000

export interface Place {
  readonly id: string
  readonly isActive: boolean
}

export interface LockedStock extends Stock {
  readonly levels: readonly Level[]
}

export interface LevelChange {
  readonly place: Place
  readonly change: number
  readonly reason: Adjustment['reason']
  readonly note: string | null
}

/** The first place of a tenant has its id. */
export function firstPlace(ctx: Context): string {
  return ctx.scope.tenantId
}

/** None of them is closed or opened before the transaction ends. */
export async function lockPlaces<const Ids extends readonly string[]>(
  ctx: Context,
  tx: Transaction,
  ids: Ids,
): Promise<{ [At in keyof Ids]: Place }>
export async function lockPlaces(
  ctx: Context,
  tx: Transaction,
  ids: readonly string[],
): Promise<Place[]> {
  const found = new Map<string, Place>([[firstPlace(ctx), { id: firstPlace(ctx), isActive: true }]])
  if (ids.some((one) => !found.has(one)))
    for (const place of await tx.run(lockLocations(ids))) found.set(place.id, place)
  return ids.map((id) => found.get(id) ?? noPlace())
}

export async function lockVariant(tx: Transaction, variantId: string): Promise<LockedStock> {
  const [stock] = await tx.run(lockStock(variantId))
  if (!stock) throw new Problem(variantMissing, 'No variant has this id')
  return { ...stock, levels: await tx.run(findLevels(variantId)) }
}

/** What lies there; nothing, where nothing ever did. */
export function levelAt({ levels }: LockedStock, { id }: Place): Level {
  return levels.find((one) => one.locationId === id) ?? { locationId: id, onHand: 0, reserved: 0 }
}

export function createLevels({
  events,
  audit,
}: {
  readonly events: EventPublisher
  readonly audit: Audit
}) {
  /** What the changes come to, and the statements that make them so. */
  return async (ctx: Context, stock: LockedStock, changes: readonly LevelChange[]) => {
    const { variantId } = stock
    const adjustments = changes.map(({ place, change, reason, note }) => ({
      id: newId(),
      variantId,
      locationId: place.id,
      change,
      onHand: levelAt(stock, place).onHand + change,
      reason,
      note,
      ...{ madeBy: ctx.principal.subject, madeAt: ctx.now },
    }))
    const inside = changes.filter(({ place }) => place.isActive)
    const change = inside.reduce((sum, one) => sum + one.change, 0)
    const onHand = stock.onHand + change
    for (const count of [onHand, ...adjustments.map((one) => one.onHand)])
      if (Math.abs(count) > maxOnHand)
        throw unfit('/body', `a stock within ${maxOnHand}`, `It would become ${count}`)
    const [told] = inside
    const isTold = told && (change !== 0 || told.reason !== 'moved')
    const statements = [
      ...adjustments.map((one) => changeLevel(variantId, one.locationId, one.change)),
      insertAdjustments(adjustments),
      ...(isTold
        ? [await events.put(ctx, stockAdjusted, { variantId, change, onHand, reason: told.reason })]
        : []),
      ...adjustments.map(({ locationId, ...one }) =>
        audit(ctx, {
          action: 'stock.adjusted',
          outcome: 'success',
          resource: `variant/${variantId}`,
          detail: { change: one.change, onHand: one.onHand, reason: one.reason, locationId },
        }),
      ),
    ]
    return { adjustments, statements }
  }
}

export function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(stockUnfit, detail, { errors: [{ pointer, expected, detail }] })
}

export function noPlace(): never {
  throw new Problem(locationMissing, 'No stock location has this id')
}
