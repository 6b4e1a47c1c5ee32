// From a cart to an order that is paid. The steps belong to services that keep what they answered
// under the name of the step, so the whole can be begun again at any point, by anybody: goods are
// held once, money is taken once, and there is one order. Or, when a step refuses, none.
import type { Context, Output, ProblemDefinition } from '@prognetwork/contracts'
import {
  cartEmpty,
  checkoutUnderWay,
  goodsUnavailable,
  type orderContract,
  paymentFailed,
} from '@prognetwork/contracts/order'
import { methodUnknown, paidAmount, paymentContract } from '@prognetwork/contracts/payment'
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
import { closeCart } from '../carts/carts.store.ts'
import { accountOf, type Carts } from '../carts/carts.ts'
import type { LookUpKeys } from '../orders/look-up-key.ts'
import type { Moves } from '../orders/order-moves.ts'
import { findOrder, insertOrder, type Order } from '../orders/orders.store.ts'
import { shownOrder } from '../orders/shown-order.ts'
import type { CheckoutInput } from '../tables.ts'
import {
  type Checkout,
  commitLazily,
  endCheckout,
  listOpen,
  openCheckout,
} from './checkout.store.ts'
import { newReference } from './reference.ts'

type OrderHandlers = Handlers<typeof orderContract>
type Reservation = Output<typeof productContract.operations.reserveStock>
type Payment = Output<typeof paymentContract.operations.createPayment>

/** Longer than any request lives: whoever began it is gone. */
const abandonedMs = 20_000
const lotSize = 50
const refusals = [goodsUnavailable, paymentFailed]

interface CheckoutParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
  readonly carts: Carts
  readonly moves: Moves
  readonly keys: LookUpKeys
}

export function createCheckout(parts: CheckoutParts) {
  const { db, platform, call, carts, moves, keys } = parts
  const { reserveStock, releaseReservation } = productContract.operations
  const { createPayment, readOutcome } = paymentContract.operations

  const answerOf = (ctx: Context, order: Order) => ({
    ...shownOrder(order),
    key: keys.keyOf(ctx, order.id),
  })

  async function reserve(ctx: Context, { orderId, input }: Checkout): Promise<Reservation> {
    const { currency, lines } = input
    return call(
      ctx,
      reserveStock,
      { body: { orderId, currency, lines: lines.map((one) => ({ ...one })) } },
      { idempotencyKey: `${orderId}:reserve` },
    ).catch((error) => {
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
    const { currency, paymentMethod: method } = input
    const amount = { amountMinor, currency }
    if (!paidAmount.safeParse(amount).success)
      throw new Problem(paymentFailed, 'It is more than can be paid at once')
    const begun = await call(
      ctx,
      createPayment,
      { body: { orderId, amount, method } },
      { idempotencyKey: `${orderId}:pay` },
    ).catch((error) => {
      if (!isOneOf(error, [methodUnknown])) throw error
      throw new Problem(paymentFailed, error.message, { cause: error })
    })
    // What a step answers again is what was known then. What came to be known since was told while
    // there was no order, and is not told again.
    const isFinal = begun.state === 'captured' || begun.state === 'failed'
    const payment = isFinal
      ? begun
      : await call(ctx, readOutcome, { params: { paymentId: begun.id } })
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
      totalMinor: totalOf(reservation),
      reservationId: reservation.id,
      paymentId: payment?.id ?? null,
      actionUrl: payment?.actionUrl ?? null,
      ...{ tracking: null, reason: null, version: isPaid ? 2 : 1 },
      ...{ placedAt: ctx.now, updatedAt: ctx.now },
      lines: reservation.lines.map(({ unitPrice, ...line }) => ({
        ...line,
        unitMinor: unitPrice.amountMinor,
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
    await db.batch(ctx, [endCheckout(orderId, 'failed')])
  }

  /**
   * From wherever it stopped. A step that cannot be reached, or is being done by somebody else at
   * this moment, has not refused: it leaves the checkout open, to be resumed.
   */
  async function carryOut(ctx: Context, checkout: Checkout): Promise<Order> {
    let reservation: Reservation | undefined
    let payment: Payment | undefined
    try {
      reservation = await reserve(ctx, checkout)
      payment = await pay(ctx, checkout, totalOf(reservation))
    } catch (error) {
      if (isOneOf(error, refusals)) await giveUp(ctx, checkout, reservation)
      throw error
    }
    const done = reservation
    return onOrder(
      () => place(ctx, checkout, done, payment),
      async () => (await db.read(ctx, findOrder(checkout.orderId)))[0],
    )
  }

  /** Nothing when the cart was ordered at the same moment. */
  async function begin(
    ctx: Context,
    cartId: string,
    input: CheckoutInput,
  ): Promise<Checkout | undefined> {
    const orderId = newId()
    const [, [opened]] = await onConstraint(
      {
        checkout_cart: () =>
          new Problem(checkoutUnderWay, 'Ask again in a moment', {
            headers: { 'retry-after': '1' },
          }),
      },
      () =>
        db.batch(ctx, [
          commitLazily(),
          openCheckout(orderId, cartId, JSON.stringify(input), ctx.now),
        ]),
    )
    return opened && { orderId, cartId, input, startedAt: ctx.now }
  }

  async function ordered(ctx: Context, orderId: string | null): Promise<Order> {
    const [order] = orderId === null ? [] : await db.read(ctx, findOrder(orderId))
    if (!order) throw new Error(`the order ${orderId} of a cart is not there`)
    return order
  }

  const checkOut: OrderHandlers['checkOut'] = async (ctx, { body }) => {
    const { cartId, email, shippingAddress, paymentMethod } = body
    const { cart, lines } = await carts.find(ctx, cartId)
    if (cart.orderId !== null) return answerOf(ctx, await ordered(ctx, cart.orderId))
    if (lines.length === 0) throw new Problem(cartEmpty, 'Put something into it first')
    const { traceId, spanId, sampled } = ctx.trace
    const checkout = await begin(ctx, cartId, {
      ...{ accountId: accountOf(ctx), email, shippingAddress, paymentMethod },
      ...{ currency: cart.currency, lines, trace: { traceId, spanId, sampled } },
    })
    if (checkout) return answerOf(ctx, await carryOut(ctx, checkout))
    const { cart: after } = await carts.find(ctx, cartId)
    return answerOf(ctx, await ordered(ctx, after.orderId))
  }

  /** Goes on with what was left lying; one that fails does not hold up the others. */
  async function resume(job: JobContext): Promise<void> {
    const open = await platform.read(
      job.ctx,
      'resume checkouts',
      listOpen(later(job.ctx.now, -abandonedMs), lotSize),
    )
    const lying = open.map((one) => ({ ...one, id: one.orderId }))
    await job.forEach(lying, async (ctx, { tenantId, ...checkout }) => {
      const { orderId, input } = checkout
      try {
        await carryOut({ ...ctx, trace: input.trace }, checkout)
        job.log.info({ tenantId, orderId }, 'A checkout was resumed')
      } catch (error) {
        if (!isOneOf(error, refusals)) throw error
        job.log.info({ tenantId, orderId, code: error.code }, 'A checkout failed')
      }
    })
  }

  return { checkOut, resume }
}

export type CheckoutDesk = ReturnType<typeof createCheckout>

function isOneOf(error: unknown, problems: readonly ProblemDefinition[]): error is Problem {
  return error instanceof Problem && problems.some(({ code }) => code === error.code)
}

function totalOf({ lines }: Reservation): number {
  return lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amountMinor * quantity, 0)
}

/** Somebody else went on with the same checkout, and was there first: the order is theirs and ours. */
async function onOrder(
  work: () => Promise<Order>,
  find: () => Promise<Order | undefined>,
): Promise<Order> {
  try {
    return await work()
  } catch (error) {
    const isThere = error instanceof Error && 'constraint' in error
    const order = isThere && error.constraint === 'sales_order_pkey' ? await find() : undefined
    if (!order) throw error
    return order
  }
}
