import { expect, test } from 'vitest'
import { worthOf } from './worth.ts'

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
  expect(worthOf({ totals: null }, line, 3)).toBe(250)
  expect(worthOf(taxed(true), line, 3)).toBe(250)
  expect(worthOf(taxed(false), line, 3)).toBe(298)
})

test('the parts of a line come to the whole, however they are returned', () => {
  for (const parts of [
    [1, 1, 1],
    [2, 1],
    [1, 2],
  ]) {
    let claimed = { quantity: 0, amountMinor: 0 }
    for (const quantity of parts) {
      const worth = worthOf(taxed(false), line, quantity, claimed)
      expect(Math.abs(worth - (298 * quantity) / 3)).toBeLessThan(1)
      claimed = {
        quantity: claimed.quantity + quantity,
        amountMinor: claimed.amountMinor + worth,
      }
    }
    expect(claimed).toEqual({ quantity: 3, amountMinor: 298 })
  }
})

test('what was free is worth nothing', () => {
  expect(worthOf({ totals: null }, { ...line, discountMinor: 300 }, 2)).toBe(0)
})
