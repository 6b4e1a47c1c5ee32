// What somebody means to buy. A cart keeps no prices: they are those of the moment it is read, and
// those of the checkout once it is ordered.
import type { Context, Output, Transaction } from '@prognetwork/contracts'
import {
  cartClosed,
  cartFull,
  cartMissing,
  checkoutUnderWay,
  couponUnavailable,
  goodsUnavailable,
  type orderContract,
} from '@prognetwork/contracts/order'
import { maxAmountMinor } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  type Call,
  type Database,
  type Handlers,
  type JobContext,
  later,
  newId,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { addCode, findUsable, removeCode } from '../promotions/promotions.store.ts'
import {
  addCodesOf,
  addLinesOf,
  type Cart,
  type CartLine,
  findCart,
  findOpenCheckout,
  insertCart,
  listLines,
  listUntouched,
  lockCart,
  lockLatestOf,
  removeCart,
  removeLine,
  removeUntouched,
  setLine,
  touchCart,
} from './carts.store.ts'

type CartHandlers = Handlers<typeof orderContract>
type Shown = Output<typeof orderContract.operations.readCart>

const maxLines = 200
const sweepLot = 500

export function createCarts(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
  readonly cartDays: number
}) {
  const { db, platform, call, cartDays } = parts

  /** With the prices of now, which only the catalogue knows. */
  async function shown(
    ctx: Context,
    cart: Cart,
    lines: readonly CartLine[],
    locale: string | null = null,
  ): Promise<Shown> {
    const { id, currency, orderId, updatedAt, coupons } = cart
    const { items } = await call(ctx, productContract.operations.offerVariants, {
      body: {
        ...{ accountId: accountOf(ctx), currency, ...(locale !== null && { locale }) },
        lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      },
    })
    const offers = new Map(items.map((one) => [one.variantId, one]))
    const gone = lines.filter(({ variantId }) => !offers.has(variantId))
    const priced = lines.flatMap(({ variantId, quantity }) => {
      const offer = offers.get(variantId)
      if (!offer) return []
      const amountMinor = (offer.unitPrice?.amountMinor ?? Number.NaN) * quantity
      // More than anybody can pay is no amount that can be written exactly either.
      const total = amountMinor <= maxAmountMinor ? { amountMinor, currency } : null
      return [{ ...offer, quantity, total, available: offer.available && total !== null }]
    })
    const amountMinor = priced.reduce(
      (sum, { total, available }) => sum + (available && total ? total.amountMinor : 0),
      0,
    )
    return {
      ...{ id, currency, orderId, updatedAt, coupons, lines: priced },
      gone: gone.map(({ variantId }) => variantId),
      state: orderId === null ? 'open' : 'ordered',
      total: { amountMinor, currency },
    }
  }

  /** Changes an open cart of the caller's, and answers what has become of it. */
  async function change(
    ctx: Context,
    cartId: string,
    work: (tx: Transaction, cart: Cart) => Promise<string | null>,
  ): Promise<{ cart: Cart; lines: readonly CartLine[] }> {
    return db.transaction(ctx, async (tx) => {
      const [found] = await tx.run(lockCart(cartId))
      const cart = own(ctx, found)
      if (cart.orderId !== null) throw closed()
      const [ordering] = await tx.run(findOpenCheckout(cartId))
      if (ordering) throw underWay()
      const accountId = await work(tx, cart)
      const [[after], lines] = await tx.batch([
        touchCart(cartId, accountId, ctx.now),
        listLines(cartId),
      ])
      if (!after) throw new Error('the cart just locked is not there')
      if (lines.length > maxLines)
        throw new Problem(cartFull, `There may be ${maxLines} at the most`)
      return { cart: after, lines }
    })
  }

  const create: CartHandlers['createCart'] = async (ctx, { body }) => {
    const currency = body.currency ?? (await currencyOf(ctx, call))
    const [[cart]] = await db.batch(ctx, [insertCart(newId(), accountOf(ctx), currency, ctx.now)])
    if (!cart) throw new Error('the cart just made is not there')
    return shown(ctx, cart, [])
  }

  const read: CartHandlers['readCart'] = async (ctx, { params, query }) => {
    const { cart, lines } = await find(ctx, params.cartId)
    return shown(ctx, cart, lines, query.locale)
  }

  async function find(ctx: Context, cartId: string) {
    const [[found], lines] = await db.readAll(ctx, [findCart(cartId), listLines(cartId)])
    return { cart: own(ctx, found), lines }
  }

  async function expectOnSale(ctx: Context, cartId: string, variantId: string): Promise<void> {
    const { cart } = await find(ctx, cartId)
    if (cart.orderId !== null) throw closed()
    const { items } = await call(ctx, productContract.operations.offerVariants, {
      body: { currency: cart.currency, lines: [{ variantId, quantity: 1 }] },
    })
    if (items.length === 0) throw new Problem(goodsUnavailable, 'It is not on sale')
  }

  const set: CartHandlers['setCartLine'] = async (ctx, { params, body }) => {
    await expectOnSale(ctx, params.cartId, params.variantId)
    const { cart, lines } = await change(ctx, params.cartId, async (tx, { accountId }) => {
      await tx.run(setLine(params.cartId, params.variantId, body.quantity, ctx.now))
      return accountId
    })
    return shown(ctx, cart, lines)
  }

  const remove: CartHandlers['removeCartLine'] = async (ctx, { params }) => {
    await change(ctx, params.cartId, async (tx, { accountId }) => {
      await tx.run(removeLine(params.cartId, params.variantId))
      return accountId
    })
  }

  const addCoupon: CartHandlers['addCoupon'] = async (ctx, { params }) => {
    const { cartId, code } = params
    const { cart, lines } = await change(ctx, cartId, async (tx, { accountId }) => {
      const [usable] = await tx.run(findUsable(code, ctx.now))
      if (!usable) throw new Problem(couponUnavailable, 'Nothing is to be had for it now')
      await tx.run(addCode(cartId, code))
      return accountId
    })
    return shown(ctx, cart, lines)
  }

  const removeCoupon: CartHandlers['removeCoupon'] = async (ctx, { params }) => {
    await change(ctx, params.cartId, async (tx, { accountId }) => {
      await tx.run(removeCode(params.cartId, params.code))
      return accountId
    })
  }

  const take: CartHandlers['takeCart'] = async (ctx, { params }) => {
    const accountId = accountOf(ctx)
    if (accountId === null) throw missing()
    const { cart, lines } = await change(ctx, params.cartId, async (tx, before) => {
      const { id, currency } = before
      // Asked for again, it does not go on with what is older still.
      if (before.accountId === accountId) return accountId
      const [earlier] = await tx.run(lockLatestOf(accountId, id))
      const [ordering] = earlier ? await tx.run(findOpenCheckout(earlier.id)) : []
      if (earlier?.currency === currency && !ordering)
        await tx.batch([
          addLinesOf(id, earlier.id),
          addCodesOf(id, earlier.id),
          removeCart(earlier.id),
        ])
      return accountId
    })
    return shown(ctx, cart, lines)
  }

  /** What nobody has touched for so long is nobody's any more. */
  async function sweep(job: JobContext): Promise<void> {
    const before = later(job.ctx.now, -cartDays * 86_400_000)
    for (let swept = sweepLot; swept === sweepLot; ) {
      const found = await platform.read(
        job.ctx,
        'sweep carts that nobody touches',
        listUntouched(before, sweepLot),
      )
      for (const [tenantId, rows] of Map.groupBy(found, (one) => one.tenantId)) {
        const ids = rows.map((row) => row.id)
        await db.batch(job.forTenant(tenantId), [removeUntouched(ids, before)])
      }
      swept = found.length
    }
  }

  return { create, read, set, remove, addCoupon, removeCoupon, take, find, sweep }
}

export type Carts = ReturnType<typeof createCarts>

/** The customer who asks; null for a guest, and for a program. */
export function accountOf({ principal }: Context): string | null {
  return principal.kind === 'user' ? principal.subject : null
}

/** A customer's cart is theirs alone; a guest's is whose who knows its id. */
function own(ctx: Context, cart: Cart | undefined): Cart {
  if (!cart || (cart.accountId !== null && cart.accountId !== accountOf(ctx))) throw missing()
  return cart
}

async function currencyOf(ctx: Context, call: Call): Promise<string> {
  const { settings } = await call(ctx, tenantContract.operations.findTenantSettings, {})
  return settings.currency
}

export function underWay(): Problem {
  return new Problem(checkoutUnderWay, 'Ask again in a moment', { headers: { 'retry-after': '1' } })
}

function closed(): Problem {
  return new Problem(cartClosed, 'Begin another')
}

function missing(): Problem {
  return new Problem(cartMissing, 'Begin one')
}
