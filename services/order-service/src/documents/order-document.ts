// What invoices and packing slips say of an order.
import type { TenantSettings } from '@prognetwork/contracts/tenant'
import { shownAmount, shownCountry, shownDate } from '@prognetwork/shared-infrastructure'
import type { Order } from '../orders/orders.store.ts'
import { linesAlone } from '../pricing/shown-totals.ts'
import type { Document, Fact } from './document.ts'
import type { InvoiceNumber } from './invoices.store.ts'

const minus = -1

/** `2026-000042`: by year and number. */
export function writtenNumber({ year, number }: InvoiceNumber): string {
  return `${year}-${number.toString().padStart(6, '0')}`
}

export function invoiceOf(
  order: Order,
  invoice: InvoiceNumber,
  shop: TenantSettings,
  now: string,
): Document {
  const number = writtenNumber(invoice)
  const amount = amountOf(order, shop)
  const totals = order.totals ?? linesAlone(order.totalMinor)
  return {
    ...about(order, shop, now),
    title: `Invoice ${number}`,
    facts: [
      { label: 'Invoice number', value: number },
      { label: 'Invoice date', value: dateOf(invoice.paidAt, shop) },
      ...sellerOf(shop),
      ...factsOf(order, shop),
    ],
    columns: [
      { label: 'Item', width: null },
      { label: 'Quantity', width: 60 },
      { label: 'Unit price', width: 100 },
      { label: 'Amount', width: 110 },
    ],
    rows: order.lines.map(({ unitMinor, quantity, discountMinor, ...line }) => ({
      cells: [
        nameOf(line),
        countOf(quantity, shop),
        amount(unitMinor),
        amount(unitMinor * quantity),
      ],
      details: [
        ...(line.sku === null ? [] : [line.sku]),
        ...(discountMinor === 0 ? [] : [`Discount ${amount(minus * discountMinor)}`]),
      ],
    })),
    sums: sumsOf(totals, amount, shop),
    total: { label: 'Total', value: amount(order.totalMinor) },
    notes: [paymentOf(order, invoice, amount, shop)],
  }
}

export function packingSlipOf(order: Order, shop: TenantSettings, now: string): Document {
  const { tracking } = order
  const pieces = order.lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return {
    ...about(order, shop, now),
    title: `Packing slip ${order.reference}`,
    facts: [
      ...factsOf(order, shop),
      ...(tracking
        ? [
            { label: 'Carrier', value: tracking.carrier },
            { label: 'Tracking', value: tracking.number },
          ]
        : []),
    ],
    columns: [
      { label: 'Item', width: null },
      { label: 'Quantity', width: 70 },
    ],
    rows: order.lines.map((line) => ({
      cells: [nameOf(line), countOf(line.quantity, shop)],
      details: line.sku === null ? [] : [line.sku],
    })),
    sums: [],
    total: { label: 'Pieces', value: countOf(pieces, shop) },
    notes: [],
  }
}

export function about({ email, shippingAddress }: Order, shop: TenantSettings, now: string) {
  const { name, lines, city, postalCode, region, country } = shippingAddress
  const { locale, displayName, supportEmail, brandColor, sellerAddress } = shop
  return {
    shop: {
      ...{ name: displayName, contact: supportEmail, color: brandColor },
      address: sellerAddress ?? [],
    },
    address: {
      label: 'Customer',
      lines: [
        ...[name, ...lines, [postalCode, city].filter((part) => part !== null).join(' ')],
        ...(region === null ? [] : [region]),
        shownCountry(country, locale),
        email,
      ],
    },
    language: locale,
    writtenAt: now,
  }
}

export function sellerOf({ vatId }: TenantSettings): Fact[] {
  return vatId === null ? [] : [{ label: 'VAT number', value: vatId }]
}

export function factsOf({ reference, placedAt }: Order, shop: TenantSettings): Fact[] {
  return [
    { label: 'Order', value: reference },
    { label: 'Order date', value: dateOf(placedAt, shop) },
  ]
}

type Amount = (amountMinor: number) => string

/** What stands between the lines and the total. */
function sumsOf(
  { subtotalMinor, discounts, shipping, tax, totalMinor }: NonNullable<Order['totals']>,
  amount: Amount,
  shop: TenantSettings,
): Fact[] {
  return [
    { label: 'Subtotal', value: amount(subtotalMinor) },
    ...discounts.map(({ name, code, amountMinor }) => ({
      label: code === null ? name : `${name} (${code})`,
      value: amount(minus * amountMinor),
    })),
    ...(shipping
      ? [{ label: `Shipping: ${shipping.name}`, value: amount(shipping.amountMinor) }]
      : []),
    ...(tax
      ? [
          { label: 'Total without tax', value: amount(totalMinor - tax.amountMinor) },
          ...tax.rates.map((rate) => ({
            label: `${tax.isIncluded ? 'Included ' : ''}${rate.name} ${rateOf(rate, shop)}`,
            value: amount(rate.amountMinor),
          })),
        ]
      : []),
  ]
}

function paymentOf(
  { totalMinor, refundedMinor }: Order,
  { paidAt }: InvoiceNumber,
  amount: Amount,
  shop: TenantSettings,
): string {
  if (totalMinor === 0) return 'There was nothing to pay.'
  const paid = `Paid on ${dateOf(paidAt, shop)}.`
  return refundedMinor === 0 ? paid : `${paid} ${amount(refundedMinor)} of it was given back.`
}

export function nameOf({
  title,
  optionValues,
}: Pick<Order['lines'][number], 'title' | 'optionValues'>) {
  return [title, ...optionValues].join(' · ')
}

export function amountOf({ currency }: Order, { locale }: TenantSettings): Amount {
  return (amountMinor) => shownAmount({ amountMinor, currency }, locale)
}

export function countOf(count: number, { locale }: TenantSettings): string {
  return new Intl.NumberFormat(locale).format(count)
}

export function rateOf(
  { basisPoints }: { basisPoints: number },
  { locale }: TenantSettings,
): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  return format.format(basisPoints / 10_000)
}

/** On the shop's calendar. */
export function dateOf(moment: string, { locale, timezone: timeZone }: TenantSettings): string {
  return shownDate(moment, locale, timeZone)
}
