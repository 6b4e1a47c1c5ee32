import type { CallInput } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { amountIn } from './amount-text.ts'
import type { Typed } from './refused.server.ts'

type Body = CallInput<typeof productContract.operations.changeVariant>['body']
type Price = NonNullable<Body['prices']>[number]

/** Names of price fields whose text is no amount. */
export class AmountsUnread extends Error {
  readonly fields: readonly string[]
  constructor(fields: readonly string[]) {
    super('an amount cannot be read')
    this.fields = fields
  }
}

/** A variant as its form was filled in; throws `AmountsUnread`. */
export function variantIn(typed: Typed) {
  const text = (name: string) => typed[name]?.trim() || null
  const weight = text('weightGrams')
  const optionValues = [0, 1, 2].flatMap((index) => text(`option-${index}`) ?? [])
  return {
    ...{ sku: text('sku'), barcode: text('barcode'), optionValues, prices: pricesIn(typed) },
    weightGrams: weight === null ? null : Number(weight),
    stockPolicy: (text('stockPolicy') ?? 'deny') as NonNullable<Body['stockPolicy']>,
  }
}

function pricesIn(typed: Typed): Price[] {
  const unread: string[] = []
  const read = (name: string, currency: string) => {
    const given = typed[name]?.trim()
    if (!given) return null
    const amount = amountIn(given, currency)
    if (amount === undefined) unread.push(name)
    return amount ?? null
  }
  const prices = Object.keys(typed)
    .flatMap((name) => /^price-([A-Z]{3})$/.exec(name)?.[1] ?? [])
    .flatMap((currency) => {
      const amountMinor = read(`price-${currency}`, currency)
      const compareAtMinor = read(`former-${currency}`, currency)
      return amountMinor === null ? [] : [{ amountMinor, currency, compareAtMinor }]
    })
  if (unread.length > 0) throw new AmountsUnread(unread)
  return prices
}
