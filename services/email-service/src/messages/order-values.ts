// An order as a mail shows it: every value is text, as the shop's language writes it.
import type { Money, Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { shownAmount, shownCountry, shownDate } from '@prognetwork/shared-infrastructure'
import type { OrderValues } from '../templates/built-in.ts'
import type { Shop } from './shop.ts'

type Order = Output<typeof orderContract.operations.describeOrder>
type Returned = Output<typeof orderContract.operations.describeReturn>['return']

/** What a mail is about: an order, and what is returned of it. */
export interface AboutMail {
  readonly order: Order
  readonly return: Returned | null
}

/** What not every order has is null. */
type Shown = Omit<OrderValues, 'shop' | 'order' | 'return'> & {
  return: (Omit<OrderValues['return'], 'reason'> & { reason: string | null }) | null
  shop: { [Name in keyof OrderValues['shop']]: string | null }
  order: Omit<OrderValues['order'], 'tracking' | 'reason' | 'address'> & {
    tracking: OrderValues['order']['tracking'] | null
    reason: string | null
    address: { [Name in keyof OrderValues['order']['address']]: string | string[] | null }
  }
}

export function orderValues(
  { order, return: returned }: AboutMail,
  shop: Shop,
  orderPage: string,
): Shown {
  const { locale, timezone } = shop
  const amount = (money: Money) => shownAmount(money, locale)
  const { name, lines, city, postalCode, region, country } = order.shippingAddress
  return {
    shop: {
      ...{ name: shop.displayName, supportEmail: shop.supportEmail, color: shop.brandColor },
      language: languageOf(locale),
    },
    return: returned && returnValues(order, returned, amount),
    customer: { name, email: order.email },
    order: {
      reference: order.reference,
      placedAt: shownDate(order.placedAt, locale, timezone),
      url: shop.url + orderPage.replace('{key}', () => encodeURIComponent(order.key)),
      total: amount(order.total),
      sums: sumsOf(order, amount, locale),
      lines: order.lines.map((line) => ({
        title: line.title,
        options: line.optionValues.join(', '),
        quantity: line.quantity,
        unitPrice: amount(line.unitPrice),
        total: amount(line.total),
      })),
      address: {
        ...{ name, lines, city, postalCode, region },
        country: shownCountry(country, locale),
      },
      tracking: order.tracking,
      fulfilment: fulfilmentOf(order),
      ...{ reason: order.reason, isPaid: order.state === 'paid' },
    },
  }
}

const included = { en: 'included', de: 'enthalten' }

/** Of those that mails are written in here. */
function languageOf(locale: string): 'en' | 'de' {
  return new Intl.Locale(locale).language === 'de' ? 'de' : 'en'
}

/** What has come of it, or was to. */
function returnValues(
  order: Order,
  returned: Returned,
  amount: (money: Money) => string,
): Shown['return'] {
  const { currency } = returned.amount
  const refundedMinor =
    returned.refunded?.amountMinor ?? returned.amount.amountMinor - returned.deduction.amountMinor
  const ordered = new Map(order.lines.map((line) => [line.variantId, line]))
  return {
    lines: returned.lines.flatMap(({ variantId, quantity, received }) => {
      const line = ordered.get(variantId)
      const count = received ?? quantity
      if (!line || count === 0) return []
      return [{ title: line.title, options: line.optionValues.join(', '), quantity: count }]
    }),
    amount: amount(returned.amount),
    refunded: amount({ amountMinor: refundedMinor, currency }),
    reason: returned.history.findLast((one) => one.state === 'refused')?.note ?? null,
  }
}

/** All of an order that was sent as one parcel. */
function fulfilmentOf({ lines, fulfilment }: Order): OrderValues['order']['fulfilment'] {
  const sent = new Map(fulfilment?.lines.map((line) => [line.variantId, line.quantity]))
  return {
    lines: lines.flatMap(({ variantId, title, optionValues, ...line }) => {
      const quantity = fulfilment ? sent.get(variantId) : line.quantity
      return quantity === undefined ? [] : [{ title, options: optionValues.join(', '), quantity }]
    }),
    isLast: fulfilment?.isLast ?? true,
  }
}

/** What stands between the lines and the total. */
function sumsOf(
  order: Order,
  amount: (money: Money) => string,
  locale: string,
): OrderValues['order']['sums'] {
  const { discounts, shipping, tax } = order
  const off = ({ amountMinor, currency }: Money) => amount({ amountMinor: -amountMinor, currency })
  return [
    ...discounts.map(({ name, code, amount: taken }) => ({
      ...{ name: code === null ? name : `${name} (${code})`, amount: off(taken) },
    })),
    ...(shipping ? [{ name: shipping.name, amount: amount(shipping.amount) }] : []),
    ...(tax
      ? [
          {
            name: tax.included ? `${tax.name} ${included[languageOf(locale)]}` : tax.name,
            amount: amount(tax.amount),
          },
        ]
      : []),
  ]
}
