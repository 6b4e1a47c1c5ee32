// The data model in one read. The migrations make these tables; a test holds the two together.
import type { address } from '@prognetwork/contracts/order'
import {
  bigint,
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import type { RatePart } from './credit-notes/credited.ts'
import type { Terms } from './pricing/pricing.ts'
import type { KeptTotals } from './pricing/shown-totals.ts'

type Address = z.output<typeof address>
interface Tracking {
  readonly carrier: string
  readonly number: string
}

/** What a checkout was asked for, and is resumed with. */
export interface CheckoutInput {
  readonly accountId: string | null
  readonly email: string
  readonly shippingAddress: Address
  readonly paymentMethod: string
  readonly expectedTotal?: { readonly amountMinor: number; readonly currency: string }
  /** Given before the payment is begun, so that it is begun once. */
  readonly paymentId: string
  /** Of whoever orders; the tenant's own where nothing was said. */
  readonly locale?: string
  readonly currency: string
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[]
  /** What it is priced under, however long it takes. */
  readonly terms: Terms
  /** The trace that it began in. */
  readonly trace: { readonly traceId: string; readonly spanId: string; readonly sampled: boolean }
}

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
const minor = (name: string) => bigint(name, { mode: 'number' })
const states = [
  'awaiting_payment',
  'paid',
  'fulfilling',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'returned',
] as const

export const carts = pgTable(
  'cart',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    accountId: uuid('account_id'),
    currency: text('currency').notNull(),
    orderId: uuid('order_id'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const cartLines = pgTable(
  'cart_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    cartId: uuid('cart_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
    addedAt: time('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.cartId, table.variantId] })],
)

export const salesOrders = pgTable(
  'sales_order',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    reference: text('reference').notNull(),
    state: text('state', { enum: states }).notNull(),
    accountId: uuid('account_id'),
    email: text('email').notNull(),
    shippingAddress: jsonb('shipping_address').$type<Address>().notNull(),
    currency: text('currency').notNull(),
    totalMinor: minor('total_minor').notNull(),
    refundedMinor: minor('refunded_minor').notNull(),
    totals: jsonb('totals').$type<KeptTotals>(),
    reservationId: uuid('reservation_id').notNull(),
    paymentId: uuid('payment_id'),
    actionUrl: text('action_url'),
    tracking: jsonb('tracking').$type<Tracking>(),
    reason: text('reason'),
    version: integer('version').notNull(),
    placedAt: time('placed_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const orderLines = pgTable(
  'order_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    orderId: uuid('order_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    productId: uuid('product_id').notNull(),
    title: text('title').notNull(),
    sku: text('sku'),
    optionValues: text('option_values').array().notNull(),
    quantity: integer('quantity').notNull(),
    unitMinor: minor('unit_minor').notNull(),
    discountMinor: minor('discount_minor').notNull(),
    taxMinor: minor('tax_minor').notNull(),
    taxBasisPoints: integer('tax_basis_points'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.orderId, table.variantId] })],
)

export const orderChanges = pgTable(
  'order_change',
  {
    tenantId: uuid('tenant_id').notNull(),
    orderId: uuid('order_id').notNull(),
    version: integer('version').notNull(),
    state: text('state', { enum: states }).notNull(),
    tracking: jsonb('tracking').$type<Tracking>(),
    reason: text('reason'),
    note: text('note'),
    madeBy: text('made_by').notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.orderId, table.version] })],
)

export const fulfilments = pgTable(
  'fulfilment',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    orderId: uuid('order_id').notNull(),
    orderVersion: integer('order_version').notNull(),
    tracking: jsonb('tracking').$type<Tracking>().notNull(),
    shippedAt: time('shipped_at').notNull(),
    deliveredAt: time('delivered_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const fulfilmentLines = pgTable(
  'fulfilment_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    fulfilmentId: uuid('fulfilment_id').notNull(),
    orderId: uuid('order_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.fulfilmentId, table.variantId] })],
)

export const checkouts = pgTable(
  'checkout',
  {
    tenantId: uuid('tenant_id').notNull(),
    orderId: uuid('order_id').notNull(),
    cartId: uuid('cart_id').notNull(),
    state: text('state', { enum: ['open', 'done', 'failed'] }).notNull(),
    input: jsonb('input').$type<CheckoutInput>().notNull(),
    startedAt: time('started_at').notNull(),
    resumeAt: time('resume_at').notNull(),
    attempts: integer('attempts').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.orderId] })],
)

export const promotions = pgTable(
  'promotion',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    code: text('code'),
    kind: text('kind', { enum: ['percent', 'amount', 'free_shipping'] }).notNull(),
    basisPoints: integer('basis_points'),
    amountMinor: minor('amount_minor'),
    currency: text('currency'),
    productIds: uuid('product_ids').array(),
    minimumMinor: minor('minimum_minor'),
    minimumCurrency: text('minimum_currency'),
    startsAt: time('starts_at'),
    endsAt: time('ends_at'),
    useLimit: integer('use_limit'),
    limitPerCustomer: integer('limit_per_customer'),
    combinable: boolean('combinable').notNull(),
    used: integer('used').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const redemptions = pgTable(
  'redemption',
  {
    tenantId: uuid('tenant_id').notNull(),
    promotionId: uuid('promotion_id').notNull(),
    orderId: uuid('order_id').notNull(),
    accountId: uuid('account_id'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.promotionId, table.orderId] })],
)

export const cartCoupons = pgTable(
  'cart_coupon',
  {
    tenantId: uuid('tenant_id').notNull(),
    cartId: uuid('cart_id').notNull(),
    code: text('code').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.cartId, table.code] })],
)

export const shippingMethods = pgTable(
  'shipping_method',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    countries: text('countries').array(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    freeFromMinor: minor('free_from_minor'),
    removedAt: time('removed_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const taxRates = pgTable(
  'tax_rate',
  {
    tenantId: uuid('tenant_id').notNull(),
    country: text('country').notNull(),
    region: text('region').notNull(),
    taxClass: text('tax_class').notNull(),
    name: text('name').notNull(),
    basisPoints: integer('basis_points').notNull(),
    included: boolean('included').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.country, table.region, table.taxClass] }),
  ],
)

export const moneyBack = pgTable(
  'money_back',
  {
    tenantId: uuid('tenant_id').notNull(),
    paymentId: uuid('payment_id').notNull(),
    orderId: uuid('order_id').notNull(),
    dueAt: time('due_at').notNull(),
    attempts: integer('attempts').notNull(),
    problem: text('problem'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.paymentId] })],
)

export const invoices = pgTable(
  'invoice',
  {
    tenantId: uuid('tenant_id').notNull(),
    orderId: uuid('order_id').notNull(),
    paidAt: time('paid_at').notNull(),
    year: integer('year'),
    number: integer('number'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.orderId] })],
)

interface CreditedLine {
  readonly title: string
  readonly optionValues: string[]
  readonly quantity: number
  readonly amountMinor: number
  readonly taxMinor: number
  readonly basisPoints: number | null
}

export const creditNotes = pgTable(
  'credit_note',
  {
    tenantId: uuid('tenant_id').notNull(),
    number: integer('number').notNull(),
    orderId: uuid('order_id').notNull(),
    eventId: uuid('event_id').notNull(),
    refundId: uuid('refund_id'),
    amountMinor: minor('amount_minor').notNull(),
    rates: jsonb('rates').$type<RatePart[]>().notNull(),
    lines: jsonb('lines').$type<CreditedLine[]>().notNull(),
    madeAt: time('made_at').notNull(),
    voidedAt: time('voided_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.number] })],
)

const returnStates = [
  'requested',
  'approved',
  'refused',
  'received',
  'refunding',
  'refunded',
] as const

export const orderReturns = pgTable(
  'order_return',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    orderId: uuid('order_id').notNull(),
    state: text('state', { enum: returnStates }).notNull(),
    reason: text('reason').notNull(),
    deductionMinor: minor('deduction_minor').notNull(),
    refundedMinor: minor('refunded_minor'),
    dueAt: time('due_at'),
    version: integer('version').notNull(),
    requestedAt: time('requested_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const orderReturnLines = pgTable(
  'order_return_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    returnId: uuid('return_id').notNull(),
    orderId: uuid('order_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    taxMinor: minor('tax_minor').notNull(),
    received: integer('received'),
    restocked: boolean('restocked'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.returnId, table.variantId] })],
)

export const orderReturnChanges = pgTable(
  'order_return_change',
  {
    tenantId: uuid('tenant_id').notNull(),
    returnId: uuid('return_id').notNull(),
    version: integer('version').notNull(),
    state: text('state', { enum: returnStates }).notNull(),
    note: text('note'),
    madeBy: text('made_by').notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.returnId, table.version] })],
)
