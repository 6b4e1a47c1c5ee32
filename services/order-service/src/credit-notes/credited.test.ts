import fc from 'fast-check'
import { expect, test } from 'vitest'
import { creditOf, type RatePart } from './credited.ts'

const rates = [null, 700, 1_900] as const
const anyPart = (basisPoints: number | null): fc.Arbitrary<RatePart> =>
  fc
    .record({ amountMinor: fc.integer({ min: 1, max: 100_000 }), share: fc.nat(30) })
    .map(({ amountMinor, share }) => ({
      ...{ basisPoints, name: null, amountMinor },
      taxMinor: basisPoints === null ? 0 : Math.floor((amountMinor * share) / 100),
    }))
const anyOrder = fc.tuple(...rates.map(anyPart))
/** How much of what is left is given back, and for goods of which rate, if for any. */
const anyTurns = fc.array(
  fc.record({ some: fc.nat(), rate: fc.option(fc.constantFrom(0, 1, 2)) }),
  { maxLength: 20 },
)
const sum = (parts: readonly RatePart[], of: 'amountMinor' | 'taxMinor') =>
  parts.reduce((total, part) => total + part[of], 0)

test('however an order is given back, each rate comes to what was paid by it', () => {
  fc.assert(
    fc.property(anyOrder, anyTurns, (all, turns) => {
      const credited: RatePart[] = []
      const whole = sum(all, 'amountMinor')
      const give = (amountMinor: number, at: number | null) => {
        const of = at === null ? undefined : all[at]
        const returned = of ? [of] : []
        const given = creditOf(all, credited, amountMinor, returned)
        expect(sum(given, 'amountMinor')).toBe(amountMinor)
        for (const { amountMinor: amount, taxMinor } of given) {
          expect(taxMinor).toBeGreaterThanOrEqual(0)
          expect(taxMinor).toBeLessThanOrEqual(amount)
        }
        credited.push(...given)
      }
      for (const { some, rate } of turns) {
        const left = whole - sum(credited, 'amountMinor')
        if (left > 0) give(1 + (some % left), rate)
      }
      const left = whole - sum(credited, 'amountMinor')
      if (left > 0) give(left, null)
      for (const part of all) {
        const its = credited.filter((one) => one.basisPoints === part.basisPoints)
        expect([sum(its, 'amountMinor'), sum(its, 'taxMinor')]).toEqual([
          ...[part.amountMinor, part.taxMinor],
        ])
      }
    }),
  )
})

test('goods that come back are credited by their own rate, with the tax that was paid for them', () => {
  const all = [
    { basisPoints: 700, name: 'VAT', amountMinor: 1_070, taxMinor: 70 },
    { basisPoints: 1_900, name: 'VAT', amountMinor: 1_190, taxMinor: 190 },
  ]
  const returned = [{ basisPoints: 1_900, amountMinor: 595, taxMinor: 95 }]
  expect(creditOf(all, [], 595, returned)).toEqual([
    { basisPoints: 1_900, name: 'VAT', amountMinor: 595, taxMinor: 95 },
  ])
  expect(() => creditOf(all, [], 2_261, [])).toThrow(RangeError)
})
