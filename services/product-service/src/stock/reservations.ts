// Holding stock for orders. What keeps it exact is in the database (hold_stock, end_reservations):
// counts are checked and changed under row locks taken in the order of the ids.
import type { Context } from '@prognetwork/contracts'
import { orderCancelled, orderContract, orderPaid } from '@prognetwork/contracts/order'
import {
  orderReserved,
  priceMissing,
  type productContract,
  reservationEnded,
  reservationMissing,
  stockCommitted,
  stockInsufficient,
  stockReleased,
  stockReserved,
  variantMissing,
} from '@prognetwork/contracts/product'
import { on } from '@prognetwork/event-based-service-client'
import {
  type Call,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  later,
  newId,
  onConstraint,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import {
  type Due,
  endReservations,
  findOffered,
  findReservation,
  holdStock,
  insertLines,
  insertReservation,
  listDue,
  type Offered,
  takeBack,
} from './reservations.store.ts'

type ReservationHandlers = Handlers<typeof productContract>

/** How many reservations one pass of the sweep ends; the next pass takes the rest. */
const sweepLot = 500

interface Line {
  readonly variantId: string
  readonly quantity: number
}

export function createReservations(parts: {
  readonly db: Database
  readonly call: Call
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly holdMinutes: number
}) {
  const { db, call, platform, events, holdMinutes } = parts

  const offer: ReservationHandlers['offerVariants'] = async (ctx, { body }) => {
    const { currency, lines } = body
    const wanted = new Map(lines.map((line) => [line.variantId, line.quantity]))
    const found = await db.read(ctx, findOffered([...wanted.keys()], currency))
    return {
      items: found.map(({ amountMinor, free, ...variant }) => ({
        ...variant,
        unitPrice: amountMinor === null ? null : { amountMinor, currency },
        available: free === null || free >= (wanted.get(variant.variantId) ?? 0),
      })),
    }
  }

  const reserve: ReservationHandlers['reserveStock'] = async (ctx, { body }) => {
    const lines = inOrder(body.lines)
    const variantIds = lines.map((line) => line.variantId)
    const quantities = lines.map((line) => line.quantity)
    const offered = new Map(
      (await db.read(ctx, findOffered(variantIds, body.currency))).map((one) => [
        one.variantId,
        one,
      ]),
    )
    const reservation = {
      id: newId(),
      orderId: body.orderId,
      state: 'held' as const,
      expiresAt: later(ctx.now, holdMinutes * 60_000),
      lines: lines.map((line) => priced(line, offered.get(line.variantId), body.currency)),
    }
    const { id, orderId } = reservation
    const told = await events.put(ctx, stockReserved, { reservationId: id, orderId, lines })
    await orShort(
      onConstraint(
        {
          reservation_order: () =>
            new Problem(orderReserved, 'It is held or committed; release it if it is held'),
        },
        () =>
          db.batch(ctx, [
            insertReservation(id, orderId, reservation.expiresAt, ctx.now),
            insertLines(id, variantIds, quantities),
            told,
            ctx.answer(reservation),
            holdStock(variantIds, quantities),
          ]),
      ),
      body.lines,
    )
    return reservation
  }

  const read: ReservationHandlers['readReservation'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findReservation(params.reservationId))
    return found ?? missing()
  }

  /** Ends a held reservation; one that has ended the same way already is answered as it is. */
  const ending =
    (to: 'committed' | 'released'): ReservationHandlers['commitReservation'] =>
    (ctx, { params }) =>
      db.transaction(ctx, async (tx) => {
        const [ended] = await tx.run(endReservations([params.reservationId], to, ctx.now))
        const [found] = await tx.run(findReservation(params.reservationId))
        if (!found) missing()
        const isDone = found.state === to || (to === 'released' && found.state === 'expired')
        if (!isDone) throw new Problem(reservationEnded, `It was ${found.state}`)
        if (ended) {
          const about = { reservationId: found.id, orderId: found.orderId }
          await tx.run(
            to === 'committed'
              ? await events.put(ctx, stockCommitted, about)
              : await events.put(ctx, stockReleased, { ...about, expired: false }),
          )
        }
        return found
      })

  /**
   * Frees what nobody came back for. Due is what the clock of the tenant says; a tenant whose pass
   * fails is left for the next one and does not hold up the others.
   */
  async function expire(job: JobContext): Promise<void> {
    for (let ended = sweepLot; ended === sweepLot; ) {
      const { ctx } = job
      const due = await platform.read(ctx, 'expire reservations', listDue(ctx.now, sweepLot))
      ended = 0
      const byTenant = Map.groupBy(due, (one) => one.tenantId)
      await job.forEach(
        Array.from(byTenant, ([tenantId, rows]) => ({ tenantId, rows })),
        async (inTenant, { rows }) => {
          ended += await expireIn(inTenant, rows)
        },
      )
    }
  }

  /** An order that is paid, or may come to be, keeps its goods: what ends them is told by an event. */
  async function expireIn(ctx: Context, rows: readonly Due[]): Promise<number> {
    const orderIds = rows.map((row) => row.orderId)
    const { claimGoods } = orderContract.operations
    const claimed = new Set((await call(ctx, claimGoods, { body: { orderIds } })).orderIds)
    const ids = rows.filter((row) => !claimed.has(row.orderId)).map((row) => row.id)
    return db.transaction(ctx, async (tx) => {
      const done = await tx.run(endReservations(ids, 'expired', ctx.now))
      const facts = done.map(({ id, orderId }) => ({
        data: { reservationId: id, orderId, expired: true },
      }))
      await tx.run(await events.putAll(ctx, stockReleased, facts))
      return done.length
    })
  }

  /** Nothing to do when it has ended already: by hand, or because it is told twice. */
  const consumers = [
    on(orderPaid, async (ctx, { data: { reservationId } }, tx) => {
      const [ended] = await tx.run(endReservations([reservationId], 'committed', ctx.now))
      if (ended)
        await tx.run(
          await events.put(ctx, stockCommitted, { reservationId, orderId: ended.orderId }),
        )
    }),
    on(orderCancelled, async (ctx, { data: { reservationId } }, tx) => {
      const [held] = await tx.run(endReservations([reservationId], 'released', ctx.now))
      const [freed] = held ? [held] : await tx.run(takeBack(reservationId, ctx.now))
      if (freed)
        await tx.run(
          await events.put(ctx, stockReleased, {
            ...{ reservationId, orderId: freed.orderId, expired: false },
          }),
        )
    }),
  ]

  return {
    offer,
    consumers,
    reserve,
    read,
    commit: ending('committed'),
    release: ending('released'),
    expire,
  }
}

/** One line per variant, in the order in which rows are locked. */
function inOrder(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { variantId, quantity } of lines)
    quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity)
  return [...quantities]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((one, other) => (one.variantId < other.variantId ? -1 : 1))
}

function priced(line: Line, offered: Offered | undefined, currency: string) {
  if (!offered) throw new Problem(variantMissing, `Nothing on sale has the id ${line.variantId}`)
  const { amountMinor, free: _, ...variant } = offered
  if (amountMinor === null)
    throw new Problem(priceMissing, `${line.variantId} has no price in ${currency}`)
  return { ...variant, quantity: line.quantity, unitPrice: { amountMinor, currency } }
}

const shortage = z.array(
  z.object({ variantId: z.string(), wanted: z.int(), available: z.int().nullable() }),
)

/**
 * PN001 is what hold_stock raises; its detail says what there is too little of. 22003 is a count
 * that would not fit its column, of what is sold beyond what there is.
 */
async function orShort<T>(work: Promise<T>, lines: readonly Line[]): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === '22003')
      throw new Problem(stockInsufficient, 'So many cannot be held', { cause: error })
    if (error.code !== 'PN001') throw error
    const short = shortage.parse(JSON.parse('detail' in error ? String(error.detail) : '[]'))
    throw new Problem(stockInsufficient, `${short.length} of the variants are too few`, {
      cause: error,
      errors: short.slice(0, 20).map(({ variantId, wanted, available }) => ({
        pointer: `/body/lines/${lines.findIndex((one) => one.variantId === variantId)}/quantity`,
        expected: `at most ${available ?? 0}`,
        detail: `${wanted} are wanted`,
      })),
    })
  }
}

function missing(): never {
  throw new Problem(reservationMissing, 'No reservation has this id')
}
