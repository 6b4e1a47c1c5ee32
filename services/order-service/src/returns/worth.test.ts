import fc from 'fast-check'
import { expect, test } from 'vitest'
import { priceOrder } from '../pricing/pricing.ts'
import { keptTotals } from '../pricing/shown-totals.ts'
import { partOf, type Worth, worthOf } from './worth.ts'

const line = {
  ...{ variantId: 'a', productId: 'b', title: 'Pot', sku: null, optionValues: [] },
  ...{ quantity: 3, unitMinor: 100, discountMinor: 50, taxMinor: 48 },
  taxBasisPoints: 1_900,
}
const taxed = (isIncluded: boolean) => ({
  totals: {
    ...{ subtotalMinor: 300, discounts: [], discountMinor: 50, shipping: null, totalMinor: 298 },
    tax: {
      ...{ isIncluded, amountMinor: 48 },
      rates: [{ name: 'VAT', basisPoints: 1_900, amountMinor: 48 }],
    },
  },
})

test('goods are worth what was paid for them, with tax that was added', () => {
  expect(worthOf({ totals: null }, { ...line, taxMinor: 0 }, 3).amountMinor).toBe(250)
  expect(worthOf(taxed(true), line, 3)).toEqual({ amountMinor: 250, taxMinor: 48 })
  expect(worthOf(taxed(false), line, 3)).toEqual({ amountMinor: 298, taxMinor: 48 })
})

test('what was free is worth nothing', () => {
  const free = { ...line, discountMinor: 300, taxMinor: 0 }
  expect(worthOf({ totals: null }, free, 2)).toEqual({ amountMinor: 0, taxMinor: 0 })
})

const classes = ['standard', 'reduced', 'other'] as const
const anyOrder = fc.record({
  lines: fc.array(
    fc.record({
      ...{ quantity: fc.integer({ min: 1, max: 30 }), unitMinor: fc.nat(100_000) },
      ...{ productId: fc.constantFrom('a', 'b'), taxClass: fc.constantFrom(...classes) },
    }),
    { minLength: 1, maxLength: 6 },
  ),
  isIncluded: fc.boolean(),
  rates: fc.tuple(...classes.map(() => fc.integer({ min: 0, max: 3_000 }))),
  off: fc.integer({ min: 1, max: 10_000 }),
})
/** Whose turn it is, how many of what is left are asked for, and how many of those come. */
const anyTurns = fc.array(fc.record({ at: fc.nat(), asked: fc.nat(), come: fc.nat() }), {
  minLength: 1,
  maxLength: 40,
})

function priced({ lines, isIncluded, rates, off }: ReturnType<typeof anyOrder.generate>['value']) {
  const rate = (at: number) => ({ name: 'VAT', basisPoints: rates[at] ?? 0, isIncluded })
  const { lines: shares, ...totals } = priceOrder(lines, {
    promotions: [
      {
        ...{ id: 'p', name: 'Spring', code: null, kind: 'percent', basisPoints: off },
        ...{ amountMinor: null, productIds: null, minimumMinor: null, isCombinable: true },
      },
    ],
    shipping: null,
    taxRate: rate(0),
    classRates: [
      { taxClass: 'reduced', ...rate(1) },
      { taxClass: 'other', ...rate(2) },
    ],
  })
  const bought = lines.map(({ quantity, unitMinor }, at) => {
    const { discountMinor = 0, taxMinor = 0 } = shares[at] ?? {}
    return { ...line, quantity, unitMinor, discountMinor, taxMinor }
  })
  return { order: { totals: keptTotals({ ...totals, lines: shares }) }, bought }
}

test('however an order of any rates is returned, its parts come to the whole to the cent', () => {
  fc.assert(
    fc.property(anyOrder, anyTurns, (wanted, turns) => {
      const { order, bought } = priced(wanted)
      const claims = bought.map(() => ({ quantity: 0, amountMinor: 0, taxMinor: 0 }))
      const claim = (at: number, quantity: number, { amountMinor, taxMinor }: Worth) => {
        const before = claims[at] ?? { quantity: 0, amountMinor: 0, taxMinor: 0 }
        claims[at] = {
          quantity: before.quantity + quantity,
          amountMinor: before.amountMinor + amountMinor,
          taxMinor: before.taxMinor + taxMinor,
        }
      }
      const take = (at: number, asked: number, come: number) => {
        const one = bought[at]
        if (!one) throw new Error('no such line')
        const worth = worthOf(order, one, asked, claims[at])
        expect(worth.taxMinor).toBeGreaterThanOrEqual(0)
        expect(worth.taxMinor).toBeLessThanOrEqual(worth.amountMinor)
        const part = partOf({ ...worth, quantity: asked }, come)
        expect(part.taxMinor).toBeLessThanOrEqual(part.amountMinor)
        claim(at, come, part)
      }
      for (const { at: aim, asked: some, come } of turns) {
        const at = aim % bought.length
        const left = (bought[at]?.quantity ?? 0) - (claims[at]?.quantity ?? 0)
        if (left === 0) continue
        const asked = 1 + (some % left)
        take(at, asked, come % (asked + 1))
      }
      for (const [at, one] of bought.entries()) {
        const left = one.quantity - (claims[at]?.quantity ?? 0)
        if (left > 0) take(at, left, left)
      }
      const sum = (of: (claim: Worth) => number) => claims.reduce((all, one) => all + of(one), 0)
      expect(sum((one) => one.amountMinor)).toBe(order.totals.totalMinor)
      expect(sum((one) => one.taxMinor)).toBe(order.totals.tax?.amountMinor ?? 0)
      for (const [at, one] of bought.entries()) expect(claims[at]?.taxMinor).toBe(one.taxMinor)
    }),
  )
})

test('each part of a line is worth its share, to the cent', () => {
  let claimed = { quantity: 0, amountMinor: 0, taxMinor: 0 }
  for (const quantity of [1, 1, 1]) {
    const { amountMinor, taxMinor } = worthOf(taxed(false), line, quantity, claimed)
    expect(Math.abs(amountMinor - 298 / 3)).toBeLessThan(2)
    expect(taxMinor).toBe(16)
    claimed = {
      quantity: claimed.quantity + quantity,
      amountMinor: claimed.amountMinor + amountMinor,
      taxMinor: claimed.taxMinor + taxMinor,
    }
  }
  expect(claimed).toEqual({ quantity: 3, amountMinor: 298, taxMinor: 48 })
})
