import { expect, test } from 'vitest'
import { isVatId } from './vat-id.ts'

const registered = [
  ...['ATU13585627', 'BE0428759497', 'DE136695976', 'DK13585628', 'FI20774740', 'FR40303265045'],
  ...['HR33392005961', 'IT00743110157', 'LU15027442', 'PL8567346215', 'PT501964843'],
  ...['SE123456789701', 'GB980780684', 'NL004495445B01', 'CHE107787577MWST'],
]

test.each(registered)('%s is one', (id) => {
  expect(isVatId(id)).toBe(true)
})

const checked = registered.filter((id) => /^(BE|DE|DK|FI|FR|HR|IT|LU|PL|PT|SE)/.test(id))
test.each(checked)('%s with a digit wrong is none', (id) => {
  const at = id.length - 3
  const wrong = id.slice(0, at) + ((Number(id[at]) + 1) % 10) + id.slice(at + 1)
  expect(isVatId(wrong)).toBe(false)
})

test.each(['', 'DE', '136695976', 'DE 136695976', 'XX123456789', 'DE1366959761', 'constructor'])(
  '%j is none',
  (text) => {
    expect(isVatId(text)).toBe(false)
  },
)
