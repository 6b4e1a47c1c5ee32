import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { currency, id, timestamp } from '../shapes.ts'
import { productStatus } from './shapes.ts'

const aboutProduct = z.object({
  productId: id('product'),
  slug: z.string(),
  status: productStatus,
})
const productExample = {
  productId: examples.id(10),
  slug: 'clay-pot',
  status: 'active' as const,
}

export const productCreated = event('product.created', 1, aboutProduct, {
  key: 'productId',
  example: productExample,
})
export const productUpdated = event('product.updated', 1, aboutProduct, {
  key: 'productId',
  example: productExample,
})
export const productArchived = event('product.archived', 1, aboutProduct, {
  key: 'productId',
  example: { ...productExample, status: 'archived' as const },
})
/** What a variant costs by itself; price lists are told of by an event of their own. */
export const priceChanged = event(
  'price.changed',
  1,
  z.object({
    productId: id('product'),
    variantId: id('variant'),
    prices: z.array(z.object({ amountMinor: z.int(), currency })),
  }),
  {
    key: 'variantId',
    example: {
      productId: examples.id(10),
      variantId: examples.id(11),
      prices: [{ amountMinor: 1_599, currency: 'GBP' }],
    },
  },
)

/**
 * A price list was made or changed, or what it has prices for; which these are is asked for. That its
 * time has come or gone is told by nothing but the clock.
 */
export const priceListChanged = event(
  'price_list.changed',
  1,
  z.object({
    priceListId: id('price_list'),
    groupId: id('customer_group').nullable(),
    startsAt: timestamp.nullable(),
    endsAt: timestamp.nullable(),
    state: z.enum(['draft', 'active', 'removed']),
  }),
  {
    key: 'priceListId',
    example: {
      ...{ priceListId: examples.id(71), groupId: examples.id(70) },
      ...{ startsAt: examples.time, endsAt: examples.laterTime, state: 'active' as const },
    },
  },
)

const aboutReservation = z.object({ reservationId: id('reservation'), orderId: id('order') })
const reservationExample = { reservationId: examples.id(14), orderId: examples.id(15) }

export const stockReserved = event(
  'stock.reserved',
  1,
  aboutReservation.extend({
    lines: z.array(z.object({ variantId: id('variant'), quantity: z.int() })),
  }),
  {
    key: 'reservationId',
    example: {
      ...reservationExample,
      lines: [{ variantId: examples.id(11), quantity: 2 }],
    },
  },
)
export const stockCommitted = event('stock.committed', 1, aboutReservation, {
  key: 'reservationId',
  example: reservationExample,
})
export const stockReleased = event(
  'stock.released',
  1,
  aboutReservation.extend({ expired: z.boolean() }),
  { key: 'reservationId', example: { ...reservationExample, expired: false } },
)
/** `onHand` is what there is in all active locations, and `change` how it changed. */
export const stockAdjusted = event(
  'stock.adjusted',
  1,
  z.object({ variantId: id('variant'), change: z.int(), onHand: z.int(), reason: z.string() }),
  {
    key: 'variantId',
    example: { variantId: examples.id(11), change: -1, onHand: 11, reason: 'damaged' },
  },
)
/** Less than `below` is available; told again only when there was more in between. */
export const stockLow = event(
  'stock.low',
  1,
  z.object({ variantId: id('variant'), available: z.int(), below: z.int() }),
  { key: 'variantId', example: { variantId: examples.id(11), available: 4, below: 5 } },
)
