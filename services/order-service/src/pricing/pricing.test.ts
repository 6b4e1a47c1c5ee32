import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Promotion, priceOrder, type Terms } from './pricing.ts'
import { includedIn, portionOf, splitBy } from './shares.ts'

const amount = fc.integer({ min: 0, max: 999_999_999_999 })
const plain: Promotion = {
  ...{ id: 'p', name: 'Spring', code: null, kind: 'percent', basisPoints: 1_000 },
  ...{ amountMinor: null, productIds: null, minimumMinor: null, isCombinable: true },
}
const terms = (promotions: readonly Promotion[], more: Partial<Terms> = {}): Terms => ({
  ...{ promotions, shipping: null, taxRate: null },
  ...more,
})
const line = (unitMinor: number, quantity = 1, productId = 'a', taxClass = 'standard') => ({
  ...{ productId, quantity, unitMinor, taxClass },
})

test('parts of an amount sum up to it, and none is off by one or more', () => {
  fc.assert(
    fc.property(amount, fc.array(amount, { minLength: 1, maxLength: 50 }), (whole, weights) => {
      const sum = weights.reduce((total, one) => total + BigInt(one), 0n)
      fc.pre(sum > 0n)
      const parts = splitBy(whole, weights)
      expect(parts.reduce((total, one) => total + one, 0)).toBe(whole)
      for (const [at, part] of parts.entries()) {
        const scaled = BigInt(whole) * BigInt(weights[at] ?? 0)
        const off = scaled - BigInt(part) * sum
        expect(off < sum && off > -sum).toBe(true)
      }
    }),
  )
  expect(splitBy(100, [1, 1, 1])).toEqual([34, 33, 33])
  expect(splitBy(0, [0, 0])).toEqual([0, 0])
  expect(() => splitBy(1, [0, 0])).toThrow(RangeError)
})

test('a rate is rounded half up, exactly, however large the amount', () => {
  expect([portionOf(25, 200), portionOf(24, 200), portionOf(999_999_999_999, 9_999)]).toEqual([
    1, 0, 999_899_999_999,
  ])
  expect([includedIn(119, 1_900), includedIn(100, 2_000), includedIn(3, 2_000)]).toEqual([
    19, 17, 1,
  ])
})

test('what is included in an amount is what the rate adds to the rest, but for the rounding', () => {
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: 10_000 }), (gross, basisPoints) => {
      const tax = includedIn(gross, basisPoints)
      expect(Math.abs(portionOf(gross - tax, basisPoints) - tax)).toBeLessThanOrEqual(1)
    }),
  )
})

const anyPromotion: fc.Arbitrary<Promotion> = fc.record({
  id: fc.uuid(),
  name: fc.constant('Any'),
  code: fc.constant(null),
  kind: fc.constantFrom('percent', 'amount', 'free_shipping'),
  basisPoints: fc.integer({ min: 1, max: 10_000 }),
  amountMinor: fc.integer({ min: 1, max: 1_000_000 }),
  productIds: fc.option(fc.subarray(['a', 'b', 'c'], { minLength: 1 })),
  minimumMinor: fc.option(fc.integer({ min: 0, max: 100_000 })),
  isCombinable: fc.boolean(),
})
const anyLine = fc.record({
  productId: fc.constantFrom('a', 'b', 'c'),
  quantity: fc.integer({ min: 1, max: 1_000 }),
  unitMinor: fc.integer({ min: 0, max: 1_000_000 }),
  taxClass: fc.constantFrom('standard', 'reduced', 'other'),
})
const anyTerms: fc.Arbitrary<Terms> = fc.record({
  promotions: fc.array(anyPromotion, { maxLength: 6 }),
  shipping: fc.option(
    fc.record({
      name: fc.constant('Mail'),
      amountMinor: fc.nat(10_000),
      freeFromMinor: fc.option(fc.nat(100_000)),
    }),
  ),
  taxRate: fc.option(
    fc.record({
      name: fc.constant('VAT'),
      basisPoints: fc.integer({ min: 0, max: 3_000 }),
      isIncluded: fc.boolean(),
    }),
  ),
  classRates: fc.array(
    fc.record({
      ...{ taxClass: fc.constant('reduced'), name: fc.constant('VAT') },
      ...{ basisPoints: fc.integer({ min: 0, max: 3_000 }), isIncluded: fc.boolean() },
    }),
    { maxLength: 1 },
  ),
})

test('whatever the terms, an order adds up, and nothing is sold for less than nothing', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { minLength: 1, maxLength: 20 }), anyTerms, (lines, given) => {
      const priced = priceOrder(lines, given)
      const shipping = priced.shipping?.amountMinor ?? 0
      const added = priced.tax?.isIncluded === false ? priced.tax.amountMinor : 0
      expect(priced.totalMinor).toBe(priced.subtotalMinor + shipping - priced.discountMinor + added)
      const offLines = priced.lines.reduce((sum, one) => sum + one.discountMinor, 0)
      expect(offLines).toBeLessThanOrEqual(priced.discountMinor)
      expect(priced.discountMinor - offLines).toBeLessThanOrEqual(shipping)
      for (const [at, { discountMinor, taxMinor }] of priced.lines.entries()) {
        const { unitMinor = 0, quantity = 0 } = lines[at] ?? {}
        expect(discountMinor).toBeLessThanOrEqual(unitMinor * quantity)
        expect(Math.min(discountMinor, taxMinor)).toBeGreaterThanOrEqual(0)
      }
      expect(priced.totalMinor).toBeGreaterThanOrEqual(0)
      const { rates = [], amountMinor: taxMinor = 0 } = priced.tax ?? {}
      expect(rates.reduce((sum, one) => sum + one.amountMinor, 0)).toBe(taxMinor)
      expect(new Set(rates.map((one) => one.basisPoints)).size).toBe(rates.length)
      const ofLines = priced.lines.reduce((sum, one) => sum + one.taxMinor, 0)
      expect(ofLines).toBeLessThanOrEqual(taxMinor)
    }),
  )
})

test('each line is taxed by the rate of its class, shipping and the rest by the standard one', () => {
  const taxRate = { name: 'VAT', basisPoints: 1_900, isIncluded: true }
  const classRates = [{ ...taxRate, taxClass: 'reduced', basisPoints: 700 }]
  const shipping = { name: 'Mail', amountMinor: 595, freeFromMinor: null }
  const lines = [line(11_900), line(535, 2, 'b', 'reduced'), line(119, 1, 'c', 'unknown')]
  const priced = priceOrder(lines, terms([], { taxRate, classRates, shipping }))
  expect(priced.lines.map((one) => [one.taxMinor, one.taxBasisPoints])).toEqual([
    [1_900, 1_900],
    [70, 700],
    [19, 1_900],
  ])
  expect(priced.tax).toEqual({
    ...{ isIncluded: true, amountMinor: 2_084 },
    rates: [
      { name: 'VAT', basisPoints: 1_900, amountMinor: 2_014 },
      { name: 'VAT', basisPoints: 700, amountMinor: 70 },
    ],
  })
  const alone = priceOrder([line(535, 2, 'b', 'reduced')], terms([], { taxRate, classRates }))
  expect(alone.tax?.rates).toEqual([{ name: 'VAT', basisPoints: 700, amountMinor: 70 }])
})

test('promotions that combine follow each other, and one that does not has to be worth more', () => {
  const amountOff = { ...plain, id: 'q', kind: 'amount' as const, amountMinor: 500 }
  const alone = { ...plain, id: 'r', basisPoints: 1_400, isCombinable: false }
  const both = priceOrder([line(10_000)], terms([plain, amountOff, alone]))
  expect(both.discounts.map((one) => [one.promotionId, one.amountMinor])).toEqual([
    ['p', 1_000],
    ['q', 500],
  ])
  const better = { ...alone, basisPoints: 1_600 }
  const one = priceOrder([line(10_000)], terms([plain, amountOff, better]))
  expect(one.discounts.map((each) => each.promotionId)).toEqual(['r'])
})

test('a promotion is for its products, and from its minimum on', () => {
  const onB = { ...plain, basisPoints: 5_000, productIds: ['b'] }
  const lines = [line(1_000), line(400, 2, 'b')]
  expect(priceOrder(lines, terms([onB])).lines.map((one) => one.discountMinor)).toEqual([0, 400])
  const late = { ...plain, minimumMinor: 1_801 }
  expect(priceOrder(lines, terms([late])).discounts).toEqual([])
  const shipping = { name: 'Mail', amountMinor: 499, freeFromMinor: 1_801 }
  const free = { ...plain, kind: 'free_shipping' as const }
  const shipped = priceOrder(lines, terms([free], { shipping }))
  expect([shipped.discountMinor, shipped.totalMinor]).toEqual([499, 1_800])
  const more = priceOrder([...lines, line(1)], terms([], { shipping }))
  expect([more.shipping?.amountMinor, more.totalMinor]).toEqual([0, 1_801])
})
