import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import {
  currency,
  id,
  languageTag,
  money,
  page,
  pageQuery,
  standardTax,
  taxClass,
  text,
  timestamp,
} from '../shapes.ts'
import { locationMissing } from './locations.ts'
import { variantMissing } from './products.ts'
import { onHand, quantity, stockPolicy } from './shapes.ts'

export const stockUnfit = problem(
  'unprocessable',
  'product.stock_unfit',
  'The stock cannot become that',
)

const adjustmentReason = z.enum(['received', 'counted', 'damaged', 'lost', 'returned', 'corrected'])

const adjustment = z.object({
  id: id('stock_adjustment'),
  variantId: id('variant'),
  locationId: id('stock_location'),
  change: z.int(),
  /** What was on hand there after it. */
  onHand: z.int(),
  reason: z.enum([...adjustmentReason.options, 'imported', 'moved']),
  note: z.string().nullable(),
  madeBy: z.string(),
  madeAt: timestamp,
})
const exampleAdjustment = {
  id: examples.id(13),
  variantId: examples.id(11),
  locationId: examples.id(60),
  change: -1,
  onHand: 11,
  reason: 'damaged',
  note: 'Broken in the window',
  madeBy: examples.id(),
  madeAt: examples.time,
} as const

export const byVariant = z.strictObject({ variantId: id('variant') })

export const readStock = operation('GET', '/v1/catalogue/variants/{variantId}/stock', {
  summary: 'How much of a variant there is and where, and how much of it is reserved',
  auth: { permission: 'product:stock:read' },
  params: byVariant,
  reply: {
    200: z.object({
      variantId: id('variant'),
      /** In all active locations; so is what is reserved. */
      onHand: z.int(),
      reserved: z.int(),
      /** What can be sold; negative where more was sold than there is. */
      available: z.int(),
      /** Expected and not arrived yet. */
      incoming: z.int(),
      policy: stockPolicy,
      /** `stock.low` is told when less than this is available. */
      lowBelow: z.int().nullable(),
      /** In the order in which orders take from them. */
      locations: z.array(
        z.object({
          locationId: id('stock_location'),
          name: z.string(),
          isActive: z.boolean(),
          onHand: z.int(),
          reserved: z.int(),
        }),
      ),
    }),
  },
  problems: [variantMissing],
  example: {
    params: { variantId: examples.id(11) },
    reply: {
      variantId: examples.id(11),
      onHand: 12,
      reserved: 2,
      available: 10,
      incoming: 50,
      policy: 'deny',
      lowBelow: 5,
      locations: [
        {
          locationId: examples.id(60),
          name: 'Harbour warehouse',
          isActive: true,
          onHand: 12,
          reserved: 2,
        },
      ],
    },
  },
})

export const adjustStock = operation(
  'POST',
  '/v1/catalogue/variants/{variantId}/stock-adjustments',
  {
    summary:
      'Add to the stock of a location or take from it (`change`), or say what was counted (`onHand`)',
    auth: { permission: 'product:stock:update' },
    idempotent: true,
    params: byVariant,
    body: z.strictObject({
      change: onHand.optional(),
      onHand: onHand.optional(),
      /** The first one, where none is named. */
      locationId: id('stock_location').optional(),
      reason: adjustmentReason,
      note: text(1, 500).nullable().default(null),
    }),
    reply: { 201: adjustment },
    problems: [variantMissing, locationMissing, stockUnfit],
    example: {
      params: { variantId: examples.id(11) },
      body: { change: -1, reason: 'damaged', note: 'Broken in the window' },
      reply: exampleAdjustment,
    },
  },
)

export const listAdjustments = operation(
  'GET',
  '/v1/catalogue/variants/{variantId}/stock-adjustments',
  {
    summary: 'How the stock of a variant came to be what it is, newest first',
    auth: { permission: 'product:stock:read' },
    params: byVariant,
    query: pageQuery,
    reply: { 200: page(adjustment) },
    example: {
      params: { variantId: examples.id(11) },
      query: {},
      reply: { items: [exampleAdjustment], next: null },
    },
  },
)

export const moveStock = operation('POST', '/v1/catalogue/variants/{variantId}/stock-moves', {
  summary: 'Move goods from one location to another, in one step; what is reserved stays',
  auth: { permission: 'product:stock:update' },
  idempotent: true,
  params: byVariant,
  body: z.strictObject({
    fromLocationId: id('stock_location'),
    toLocationId: id('stock_location'),
    quantity,
    note: text(1, 500).nullable().default(null),
  }),
  reply: { 201: z.object({ from: adjustment, to: adjustment }) },
  problems: [variantMissing, locationMissing, stockUnfit],
  example: {
    params: { variantId: examples.id(11) },
    body: { fromLocationId: examples.id(60), toLocationId: examples.id(62), quantity: 4 },
    reply: {
      from: { ...exampleAdjustment, change: -4, onHand: 8, reason: 'moved', note: null },
      to: {
        ...exampleAdjustment,
        ...{ id: examples.id(16), locationId: examples.id(62) },
        ...{ change: 4, onHand: 4, reason: 'moved', note: null },
      },
    },
  },
})

export const setThreshold = operation('PUT', '/v1/catalogue/variants/{variantId}/stock/threshold', {
  summary: 'Have stock.low told when less than `below` is available, once each time it falls there',
  auth: { permission: 'product:stock:update' },
  params: byVariant,
  body: z.strictObject({ below: quantity.nullable() }),
  reply: { 200: z.object({ variantId: id('variant'), below: z.int().nullable() }) },
  problems: [variantMissing],
  example: {
    params: { variantId: examples.id(11) },
    body: { below: 5 },
    reply: { variantId: examples.id(11), below: 5 },
  },
})

export const stockInsufficient = problem(
  'conflict',
  'product.stock_insufficient',
  'There is not enough of something',
)
export const priceMissing = problem(
  'unprocessable',
  'product.price_missing',
  'Something has no price in this currency',
)
export const orderReserved = problem(
  'conflict',
  'product.order_reserved',
  'The order has another reservation already',
)
export const reservationMissing = problem(
  'missing',
  'product.reservation_missing',
  'There is no such reservation',
)
export const reservationEnded = problem(
  'conflict',
  'product.reservation_ended',
  'The reservation has ended otherwise',
)

const reservation = z.object({
  id: id('reservation'),
  orderId: id('order'),
  state: z.enum(['held', 'committed', 'released', 'expired']),
  expiresAt: timestamp,
})
const exampleReservation = {
  id: examples.id(14),
  orderId: examples.id(15),
  state: 'held',
  expiresAt: examples.laterTime,
} as const

const reservedLine = z.object({
  variantId: id('variant'),
  productId: id('product'),
  title: z.string(),
  sku: z.string().nullable(),
  optionValues: z.array(z.string()),
  quantity: z.int(),
  unitPrice: money,
  /** Of goods that were held before there were any, the standard one. */
  taxClass: taxClass.default(standardTax),
})

/** Whose prices hold; those of everyone for a guest. */
const customer = id('account').nullable().default(null)

/** Things are called as whoever reads it wants; as their tenant calls them without it. */
const reader = languageTag.nullable().default(null)

export const reserveStock = operation('POST', '/v1/reservations', {
  summary: 'Hold what an order wants, all or nothing, until it is committed, released or expires',
  auth: { service: ['order-service'] },
  body: z.strictObject({
    orderId: id('order'),
    accountId: customer,
    currency,
    locale: reader,
    lines: z
      .array(z.strictObject({ variantId: id('variant'), quantity }))
      .min(1)
      .max(200),
  }),
  reply: { 201: reservation.extend({ lines: z.array(reservedLine) }) },
  problems: [stockInsufficient, variantMissing, priceMissing, orderReserved],
  example: {
    body: {
      ...{ orderId: examples.id(15), accountId: examples.id() },
      currency: 'GBP',
      lines: [{ variantId: examples.id(11), quantity: 2 }],
    },
    reply: {
      ...exampleReservation,
      lines: [
        {
          variantId: examples.id(11),
          productId: examples.id(10),
          title: 'Clay pot',
          sku: 'POT-CLAY-L',
          optionValues: ['Large'],
          quantity: 2,
          unitPrice: { amountMinor: 1_599, currency: 'GBP' },
          taxClass: 'standard',
        },
      ],
    },
  },
})

export const offerVariants = operation('POST', '/v1/offers', {
  summary: 'What variants are sold as and for, and whether there is enough of each',
  auth: { service: ['order-service'] },
  body: z.strictObject({
    accountId: customer,
    currency,
    locale: reader,
    lines: z.array(z.strictObject({ variantId: id('variant'), quantity })).max(200),
  }),
  /** Only what is on sale; without a price in this currency it cannot be bought. */
  reply: {
    200: z.object({
      items: z.array(
        reservedLine
          .omit({ quantity: true })
          .extend({ unitPrice: money.nullable(), available: z.boolean() }),
      ),
    }),
  },
  example: {
    body: {
      ...{ currency: 'GBP', accountId: examples.id() },
      lines: [{ variantId: examples.id(11), quantity: 2 }],
    },
    reply: {
      items: [
        {
          variantId: examples.id(11),
          productId: examples.id(10),
          title: 'Clay pot',
          sku: 'POT-CLAY-L',
          optionValues: ['Large'],
          unitPrice: { amountMinor: 1_599, currency: 'GBP' },
          taxClass: 'standard',
          available: true,
        },
      ],
    },
  },
})

const byReservation = z.strictObject({ reservationId: id('reservation') })

export const readReservation = operation('GET', '/v1/reservations/{reservationId}', {
  summary: 'A reservation and what has become of it',
  auth: { service: ['order-service'] },
  params: byReservation,
  reply: { 200: reservation },
  problems: [reservationMissing],
  example: { params: { reservationId: examples.id(14) }, reply: exampleReservation },
})

export const commitReservation = operation('POST', '/v1/reservations/{reservationId}/commitment', {
  summary: 'What was held leaves the house; repeating it changes nothing',
  auth: { service: ['order-service'] },
  params: byReservation,
  reply: { 200: reservation },
  problems: [reservationMissing, reservationEnded],
  example: {
    params: { reservationId: examples.id(14) },
    reply: { ...exampleReservation, state: 'committed' },
  },
})

export const releaseReservation = operation('DELETE', '/v1/reservations/{reservationId}', {
  summary: 'What was held is free again; repeating it changes nothing',
  auth: { service: ['order-service'] },
  params: byReservation,
  reply: { 200: reservation },
  problems: [reservationMissing, reservationEnded],
  example: {
    params: { reservationId: examples.id(14) },
    reply: { ...exampleReservation, state: 'released' },
  },
})
