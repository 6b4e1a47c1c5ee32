// From a cart to an order that is paid. The steps belong to services that keep what they answered
// under the name of the step, so the whole can be begun again at any point, by anybody: goods are
// held once, money is taken once, and there is one order. Or, when a step refuses, none.
import type { Context, Output, ProblemDefinition } from '@prognetwork/contracts'
import {
  cartEmpty,
  couponUnavailable,
  goodsUnavailable,
  type orderContract,
  paymentFailed,
  totalChanged,
} from '@prognetwork/contracts/order'
import {
  amountUnfit,
  gatewayUnready,
  methodUnknown,
  paidAmount,
  paymentContract,
  paymentMissing,
} from '@prognetwork/contracts/payment'
import {
  priceMissing,
  productContract,
  stockInsufficient,
  variantMissing,
} from '@prognetwork/contracts/product'
import {
  type Call,
  type Database,
  type Handlers,
  type JobContext,
  later,
  newId,
  onConstraint,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { closeCart } from '../carts/carts.store.ts'
import { accountOf, type Carts, underWay } from '../carts/carts.ts'
import { shippingUnfitted } from '../carts/quote.ts'
import type { LookUpKeys } from '../orders/look-up-key.ts'
import type { Moves } from '../orders/order-moves.ts'
import { findOrder, insertOrder, type Order } from '../orders/orders.store.ts'
import { shownOrder } from '../orders/shown-order.ts'
import type { Totals } from '../pricing/pricing.ts'
import { keptTotals } from '../pricing/shown-totals.ts'
import { releaseCoupons } from '../promotions/promotions.store.ts'
import type { CheckoutInput } from '../tables.ts'
import { taxRegionOf } from '../taxes/taxes.ts'
import { type Checkout, endCheckout, listDue, openCheckout, putOff } from './checkout.store.ts'
import { priceCheckout, type Reservation, unusable } from './priced-checkout.ts'
import { newReference } from './reference.ts'

type OrderHandlers = Handlers<typeof orderContract>
type Payment = Output<typeof paymentContract.operations.createPayment>

/** Longer than any request lives: whoever began it is gone. */
const abandonedMs = 20_000
const longestWaitMs = 10 * 60_000
const lotSize = 50
const refusals = [goodsUnavailable, couponUnavailable, totalChanged, paymentFailed]

interface CheckoutParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
  readonly carts: Carts
  readonly moves: Moves
  readonly keys: LookUpKeys
  readonly paymentMinutes: number
}

export function createCheckout(parts: CheckoutParts) {
  const { db, platform, call, carts, moves, keys } = parts
  const { reserveStock, releaseReservation } = productContract.operations
  const { createPayment, readOutcome } = paymentContract.operations
  const lastBeginMs = parts.paymentMinutes * 60_000

  const answerOf = (ctx: Context, order: Order) => ({
    ...shownOrder(order),
    key: keys.keyOf(ctx, order.id),
  })

  async function reserve(ctx: Context, { orderId, input }: Checkout): Promise<Reservation> {
    const { accountId, currency, lines, locale } = input
    return call(ctx, reserveStock, {
      body: {
        ...{ orderId, accountId, currency, lines: lines.map((one) => ({ ...one })) },
        ...(locale && { locale }),
      },
    }).catch((error) => {
      if (!isOneOf(error, [priceMissing, stockInsufficient, variantMissing])) throw error
      const { errors } = error
      throw new Problem(goodsUnavailable, error.message, {
        cause: error,
        ...(errors && { errors }),
      })
    })
  }

  /** Nothing is paid for with nothing. */
  async function pay(
    ctx: Context,
    { orderId, input }: Checkout,
    amountMinor: number,
  ): Promise<Payment | undefined> {
    if (amountMinor === 0) return undefined
    const { currency, paymentMethod: method, paymentId } = input
    const amount = { amountMinor, currency }
    if (!paidAmount.safeParse(amount).success)
      throw new Problem(paymentFailed, 'It is more than can be paid at once')
    const payment = await call(ctx, createPayment, {
      params: { paymentId },
      body: { orderId, amount, method, gateway: gatewayOf(method) },
    }).catch((error) => {
      if (!isOneOf(error, [methodUnknown, amountUnfit, gatewayUnready])) throw error
      throw new Problem(paymentFailed, error.message, { cause: error })
    })
    if (payment.refundedMinor >= amountMinor)
      throw new Problem(paymentFailed, 'All of the money was given back')
    if (payment.state !== 'failed') return payment
    const { code, message } = payment.failure ?? { code: 'unknown', message: 'It was refused' }
    const errors = [{ pointer: '/body/paymentMethod', expected: 'another one', detail: code }]
    throw new Problem(paymentFailed, message, { errors })
  }

  /** All that a checkout comes to, in one commit. */
  async function place(
    ctx: Context,
    { orderId, cartId, input }: Checkout,
    reservation: Reservation,
    totals: Totals,
    payment: Payment | undefined,
  ): Promise<Order> {
    const isPaid = payment === undefined || payment.state === 'captured'
    const order: Order = {
      id: orderId,
      reference: newReference(),
      state: isPaid ? 'paid' : 'awaiting_payment',
      accountId: input.accountId,
      email: input.email,
      shippingAddress: input.shippingAddress,
      currency: input.currency,
      ...{ totalMinor: totals.totalMinor, totals: keptTotals(totals) },
      refundedMinor: payment?.refundedMinor ?? 0,
      reservationId: reservation.id,
      paymentId: payment?.id ?? null,
      actionUrl: payment?.actionUrl ?? null,
      ...{ tracking: null, reason: null, version: isPaid ? 2 : 1 },
      ...{ placedAt: ctx.now, updatedAt: ctx.now },
      lines: reservation.lines.map(({ unitPrice, taxClass: _, ...line }, at) => ({
        ...line,
        unitMinor: unitPrice.amountMinor,
        discountMinor: totals.lines[at]?.discountMinor ?? 0,
        taxMinor: totals.lines[at]?.taxMinor ?? 0,
        taxBasisPoints: totals.lines[at]?.taxBasisPoints ?? null,
      })),
    }
    const by = input.accountId ?? 'guest'
    await db.batch(ctx, [
      closeCart(cartId, orderId, ctx.now),
      insertOrder(JSON.stringify(order)),
      ...(await moves.placed(ctx, order, by)),
      endCheckout(orderId, 'done'),
    ])
    return order
  }

  /** The goods are free again before anybody is told that nothing came of it. */
  async function giveUp(
    ctx: Context,
    { orderId }: Checkout,
    reservation: Reservation | undefined,
  ): Promise<void> {
    if (reservation)
      await call(ctx, releaseReservation, { params: { reservationId: reservation.id } })
    await db.batch(ctx, [endCheckout(orderId, 'failed'), releaseCoupons(orderId)])
  }

  /**
   * From wherever it stopped. A step that cannot be reached, or is being done by somebody else at
   * this moment, has not refused: it leaves the checkout open, to be resumed.
   */
  async function carryOut(ctx: Context, checkout: Checkout): Promise<Order> {
    let reservation: Reservation | undefined
    let totals: Totals
    let payment: Payment | undefined
    try {
      reservation = await reserve(ctx, checkout)
      totals = priceCheckout(checkout.input, reservation)
      payment = await pay(ctx, checkout, totals.totalMinor)
    } catch (error) {
      if (isOneOf(error, refusals)) await giveUp(ctx, checkout, reservation)
      throw error
    }
    const done = reservation
    return onOrder(
      () => place(ctx, checkout, done, totals, payment),
      async () => (await db.read(ctx, findOrder(checkout.orderId)))[0],
    )
  }

  /** Nothing when there is nothing to order in the cart. */
  async function begin(
    ctx: Context,
    cartId: string,
    request: Omit<CheckoutInput, 'currency' | 'lines' | 'terms'>,
    shippingMethodId: string | null,
  ): Promise<Checkout | undefined> {
    const orderId = newId()
    const { accountId } = request
    const opening = onConstraint({ checkout_cart: underWay }, () =>
      db.batch(ctx, [
        openCheckout(
          ...([orderId, cartId, accountId, JSON.stringify(request)] as const),
          ...([shippingMethodId, taxRegionOf(request.shippingAddress.region)] as const),
          ...([ctx.now, later(ctx.now, abandonedMs)] as const),
        ),
      ]),
    )
    const [[opened]] = await opening.catch((error) => {
      throw refusalOf(error)
    })
    const input = opened?.input
    return input ? { orderId, cartId, input, startedAt: ctx.now } : undefined
  }

  async function ordered(ctx: Context, orderId: string | null): Promise<Order> {
    const [order] = orderId === null ? [] : await db.read(ctx, findOrder(orderId))
    if (!order) throw new Error(`the order ${orderId} of a cart is not there`)
    return order
  }

  const checkOut: OrderHandlers['checkOut'] = async (ctx, { body }) => {
    const { cartId, email, shippingAddress, paymentMethod, expectedTotal } = body
    const { shippingMethodId = null, locale } = body
    const { traceId, spanId, sampled } = ctx.trace
    const request = {
      ...{ accountId: accountOf(ctx), email, shippingAddress, paymentMethod },
      ...{ ...(expectedTotal && { expectedTotal }), paymentId: newId() },
      ...(locale !== undefined && { locale }),
      trace: { traceId, spanId, sampled },
    }
    const checkout = await begin(ctx, cartId, request, shippingMethodId)
    if (checkout) return answerOf(ctx, await carryOut(ctx, checkout))
    const { cart, lines } = await carts.find(ctx, cartId)
    if (cart.orderId !== null) return answerOf(ctx, await ordered(ctx, cart.orderId))
    if (lines.length === 0) throw new Problem(cartEmpty, 'Put something into it first')
    // Filled between the two looks.
    throw underWay()
  }

  /** Whoever was told nothing for so long has gone; nobody pays any more who has not yet. */
  async function isTooLate(ctx: Context, { startedAt, input }: Checkout): Promise<boolean> {
    if (ctx.now < later(startedAt, lastBeginMs)) return false
    try {
      await call(ctx, readOutcome, { params: { paymentId: input.paymentId } })
      return false
    } catch (error) {
      if (isOneOf(error, [paymentMissing])) return true
      throw error
    }
  }

  async function resumeOne(ctx: Context, checkout: Checkout): Promise<void> {
    if (!(await isTooLate(ctx, checkout))) return void (await carryOut(ctx, checkout))
    const reservation = await reserve(ctx, checkout).catch((error) => {
      // Nothing was held, and nothing can be any more.
      if (isOneOf(error, refusals)) return undefined
      throw error
    })
    await giveUp(ctx, checkout, reservation)
  }

  /** Goes on with what was left lying; what cannot be gone on with waits longer each time. */
  async function resume(job: JobContext): Promise<void> {
    const due = await platform.read(job.ctx, 'resume checkouts', listDue(job.ctx.now, lotSize))
    const lying = due.map((one) => ({ ...one, id: one.orderId }))
    await job.forEach(lying, async (ctx, { tenantId, attempts, ...checkout }) => {
      const { orderId, input } = checkout
      const waitMs = Math.min(longestWaitMs, abandonedMs * 2 ** Math.min(attempts, 10))
      await db.batch(ctx, [putOff(orderId, later(ctx.now, waitMs))])
      try {
        await resumeOne({ ...ctx, trace: input.trace }, checkout)
        job.log.info({ tenantId, orderId }, 'A checkout was resumed')
      } catch (error) {
        if (!isOneOf(error, refusals)) throw error
        job.log.info({ tenantId, orderId, code: error.code }, 'A checkout failed')
      }
    })
  }

  return { checkOut, resume }
}

/** A payment method of Stripe is known by its form. */
function gatewayOf(paymentMethod: string): 'sandbox' | 'stripe' {
  return paymentMethod.startsWith('pm_') ? 'stripe' : 'sandbox'
}

/** What open_checkout raises, as the caller is told it. */
function refusalOf(error: unknown): unknown {
  const raised = z.object({ code: z.string(), detail: z.string().optional() }).safeParse(error)
  if (raised.data?.code === 'PN010')
    return unusable(raised.data.detail ?? '', 'It cannot be used, or not any more', error)
  return raised.data?.code === 'PN011' ? shippingUnfitted() : error
}

export type CheckoutDesk = ReturnType<typeof createCheckout>

function isOneOf(error: unknown, problems: readonly ProblemDefinition[]): error is Problem {
  return error instanceof Problem && problems.some(({ code }) => code === error.code)
}

/** Somebody else went on with the same checkout, and was there first: the order is theirs and ours. */
async function onOrder(
  work: () => Promise<Order>,
  find: () => Promise<Order | undefined>,
): Promise<Order> {
  try {
    return await work()
  } catch (error) {
    // Of one statement that writes an order and its lines, either may be the one that is noticed.
    const isThere =
      error instanceof Error &&
      'constraint' in error &&
      (error.constraint === 'sales_order_pkey' || error.constraint === 'order_line_pkey')
    const order = isThere ? await find() : undefined
    if (!order) throw error
    return order
  }
}
