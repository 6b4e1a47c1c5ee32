// Holding stock for orders. What keeps it exact is in the database (hold_goods, end_reservations):
// counts are checked and changed under row locks taken in the order of the ids.
import type { Context } from '@prognetwork/contracts'
import { orderCancelled, orderContract, orderPaid } from '@prognetwork/contracts/order'
import {
  orderReserved,
  priceMissing,
  type productContract,
  reservationEnded,
  reservationMissing,
  reserveStock,
  stockCommitted,
  stockInsufficient,
  stockReleased,
  stockReserved,
  variantMissing,
} from '@prognetwork/contracts/product'
import { on, onLot } from '@prognetwork/event-based-service-client'
import {
  type Call,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  later,
  newId,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { localesFor } from '../translations/best-fit.ts'
import { soldAs } from '../translations/product-texts.ts'
import {
  commitPaid,
  type Due,
  endReservations,
  findOffered,
  findReservation,
  findReservationOf,
  holdGoods,
  listDue,
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
    const { currency, lines, accountId } = body
    const locales = localesFor(body.locale ?? undefined)
    const wanted = new Map(lines.map((line) => [line.variantId, line.quantity]))
    const found = await db.read(
      ctx,
      findOffered([...wanted.keys()], currency, accountId, ctx.now, locales),
    )
    return {
      items: found.map(({ amountMinor, free, translations, ...variant }) => ({
        ...variant,
        ...soldAs({ ...variant, translations }, locales),
        unitPrice: amountMinor === null ? null : { amountMinor, currency },
        available: free === null || free >= (wanted.get(variant.variantId) ?? 0),
      })),
    }
  }

  /** Once for an order: whoever asks again is told what it was offered then. */
  const reserve: ReservationHandlers['reserveStock'] = async (ctx, { body }) => {
    const { orderId, currency, accountId } = body
    const lines = inOrder(body.lines)
    const id = newId()
    const expiresAt = later(ctx.now, holdMinutes * 60_000)
    const told = await events.put(ctx, stockReserved, { reservationId: id, orderId, lines })
    const variantIds = lines.map((line) => line.variantId)
    const quantities = lines.map((line) => line.quantity)
    try {
      const [, [held]] = await db.batch(ctx, [
        told,
        holdGoods(
          ...([id, orderId, currency, variantIds, quantities, expiresAt] as const),
          ...([ctx.now, accountId, localesFor(body.locale ?? undefined)] as const),
        ),
      ])
      return { id, orderId, state: 'held', expiresAt, lines: offered.parse(held?.lines) }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (!('constraint' in error && error.constraint === 'reservation_order'))
        throw refusal(error, body.lines)
      const [found] = await db.read(ctx, findReservationOf(orderId))
      const reservation = found && { ...found, lines: offered.parse(found.lines) }
      if (!reservation || !isSame(reservation.lines, lines))
        throw new Problem(orderReserved, 'It is held or committed; release it if it is held', {
          cause: error,
        })
      return reservation
    }
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
    onLot(orderPaid, async (lot, tx) => {
      const ids = lot.map(({ event }) => event.data.reservationId)
      const ended = new Map(
        (await tx.run(commitPaid(ids, lot[0].ctx.now))).map(({ id, orderId }) => [id, orderId]),
      )
      const told = lot.flatMap(({ ctx, event: { data } }) => {
        const { reservationId } = data
        const orderId = ended.get(reservationId)
        return orderId === undefined
          ? []
          : [{ ctx, event: stockCommitted, data: { reservationId, orderId } }]
      })
      if (told.length > 0) await tx.run(await events.putEach(told))
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

const offered = reserveStock.shape.reply[201].shape.lines

function isSame(held: readonly Line[], wanted: readonly Line[]): boolean {
  const asText = (lines: readonly Line[]) =>
    JSON.stringify(inOrder(lines).map(({ variantId, quantity }) => [variantId, quantity]))
  return asText(held) === asText(wanted)
}

const shortage = z.array(
  z.object({ variantId: z.string(), wanted: z.int(), available: z.int().nullable() }),
)

/**
 * What hold_goods raises, as the caller is told it; 22003 is a count that would not fit its column,
 * of what is sold beyond what there is. Anything else is no refusal.
 */
function refusal(error: Error, lines: readonly Line[]): Error {
  const { code, detail } = z
    .object({ code: z.string(), detail: z.string().default('') })
    .catch({ code: '', detail: '' })
    .parse(error)
  switch (code) {
    case 'PN001': {
      const short = shortage.parse(JSON.parse(detail))
      return new Problem(stockInsufficient, `${short.length} of the variants are too few`, {
        cause: error,
        errors: short.slice(0, 20).map(({ variantId, wanted, available }) => ({
          pointer: `/body/lines/${lines.findIndex((one) => one.variantId === variantId)}/quantity`,
          expected: `at most ${available ?? 0}`,
          detail: `${wanted} are wanted`,
        })),
      })
    }
    case 'PN002':
      return new Problem(variantMissing, `Nothing on sale has the id ${detail}`, { cause: error })
    case 'PN003':
      return new Problem(priceMissing, `${detail} has no price in this currency`, {
        cause: error,
      })
    case '22003':
      return new Problem(stockInsufficient, 'So many cannot be held', { cause: error })
    default:
      return error
  }
}

function missing(): never {
  throw new Problem(reservationMissing, 'No reservation has this id')
}
