import { z } from 'zod'
import { examples } from '../examples.ts'
import { currency, id, money, text, timestamp } from '../shapes.ts'

/**
 * `awaiting_payment` until the gateway knows; `paid` is a promise to deliver, `fulfilling` while only
 * some of it was sent. `cancelled`, `refunded` and `returned` are ends, `delivered` may still be refunded.
 */
export const orderState = z.enum([
  'awaiting_payment',
  'paid',
  'fulfilling',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'returned',
])

export const quantity = z.int().min(1).max(1_000_000)

/** What can be asked for or taken off, in the minor unit. */
export const priced = (leastMinor: 0 | 1) =>
  z.strictObject({ amountMinor: z.int().min(leastMinor).max(999_999_999_999), currency })

/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/)

/** A postal address as its country writes it. */
export const address = z.strictObject({
  name: text(1, 200),
  lines: z.array(text(1, 200)).min(1).max(4),
  city: text(1, 100),
  postalCode: text(1, 20).nullable().default(null),
  region: text(1, 100).nullable().default(null),
  country,
})
export const exampleAddress = {
  name: 'Ada Lovelace',
  lines: ['12 St James Square'],
  city: 'London',
  postalCode: 'SW1Y 4JH',
  region: null,
  country: 'GB',
} as const

export const orderLine = z.object({
  variantId: id('variant'),
  productId: id('product'),
  title: z.string(),
  sku: z.string().nullable(),
  optionValues: z.array(z.string()),
  quantity: z.int(),
  unitPrice: money,
  /** Of the quantity, before anything is taken off. */
  total: money,
})
/** As it was ordered. */
const orderedLine = orderLine.extend({
  /** What promotions took off, and the tax of what was left. */
  discount: money,
  tax: money,
  /** By which rate; null where there was none. */
  taxBasisPoints: z.int().nullable(),
})
export const exampleLine = {
  variantId: examples.id(11),
  productId: examples.id(10),
  title: 'Clay pot',
  sku: 'POT-CLAY-L',
  optionValues: ['Large'],
  quantity: 2,
  unitPrice: { amountMinor: 1_599, currency: 'GBP' },
  total: { amountMinor: 3_198, currency: 'GBP' },
} as const

/** What an order comes to: `total` is `subtotal`, less `discount`, and shipping and added tax. */
export const totals = z.object({
  /** What the lines come to before anything is taken off. */
  subtotal: money,
  discounts: z.array(z.object({ name: z.string(), code: z.string().nullable(), amount: money })),
  discount: money,
  shipping: z.object({ name: z.string(), amount: money }).nullable(),
  tax: z
    .object({
      /** Of several rates all their names. */
      name: z.string(),
      included: z.boolean(),
      amount: money,
      /** Those that something was taxed by. */
      rates: z.array(z.object({ name: z.string(), basisPoints: z.int(), amount: money })),
    })
    .nullable(),
  total: money,
})
const pounds = (amountMinor: number) => ({ amountMinor, currency: 'GBP' })
export const exampleTotals = {
  ...{ subtotal: pounds(3_198), discount: pounds(320), total: pounds(3_377) },
  discounts: [{ name: 'Spring sale', code: 'SPRING-10', amount: pounds(320) }],
  shipping: { name: 'Standard', amount: pounds(499) },
  tax: {
    ...{ name: 'VAT', included: true, amount: pounds(563) },
    rates: [{ name: 'VAT', basisPoints: 2_000, amount: pounds(563) }],
  },
} as const

export const tracking = z.object({ carrier: z.string(), number: z.string() })

export const sentLine = z.object({ variantId: id('variant'), quantity: z.int() })

/** One parcel of an order, as events tell of it. */
export const sentFulfilment = z.object({
  fulfilmentId: id('fulfilment'),
  lines: z.array(sentLine),
  tracking,
  /** Nothing is left to be sent. */
  isLast: z.boolean(),
})
export const exampleFulfilment = {
  fulfilmentId: examples.id(28),
  lines: [{ variantId: examples.id(11), quantity: 2 }],
  tracking: { carrier: 'Royal Mail', number: 'RM123456785GB' },
  isLast: true,
}

export const order = z.object({
  id: id('order'),
  /** What people call it; unique in its shop. */
  reference: z.string(),
  state: orderState,
  /** Null for a guest. */
  accountId: id('account').nullable(),
  email: z.string(),
  shippingAddress: address,
  lines: z.array(orderedLine),
  ...totals.shape,
  /** What was given back of it so far. */
  refunded: money,
  paymentId: id('payment').nullable(),
  /** Where the payer shows who they are, while that is asked for. */
  actionUrl: z.string().nullable(),
  /** Of what was sent last. */
  tracking: tracking.nullable(),
  /** Why it was cancelled. */
  reason: z.string().nullable(),
  placedAt: timestamp,
  updatedAt: timestamp,
})
export const exampleOrder = {
  id: examples.id(15),
  reference: '7F3K2Q9D',
  state: 'paid',
  accountId: examples.id(),
  email: examples.email,
  shippingAddress: exampleAddress,
  lines: [{ ...exampleLine, discount: pounds(320), tax: pounds(480), taxBasisPoints: 2_000 }],
  ...exampleTotals,
  refunded: { amountMinor: 0, currency: 'GBP' },
  paymentId: examples.id(20),
  actionUrl: null,
  tracking: null,
  reason: null,
  placedAt: examples.time,
  updatedAt: examples.time,
} as const
