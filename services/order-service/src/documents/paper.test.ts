import { expect, test } from 'vitest'
import { textOf } from '../../test/pdf-text.ts'
import type { Document, Row } from './document.ts'
import { toPaper } from './paper.ts'

const plain: Document = {
  title: 'Invoice 2026-000042',
  shop: { name: 'Lovelace Looms', address: [], contact: 'help@example.com', color: '#0f5f66' },
  address: { label: 'Customer', lines: ['Ada Lovelace', '12 St James Square'] },
  facts: [{ label: 'Order', value: '7F3K2Q9D' }],
  columns: [
    { label: 'Item', width: null },
    { label: 'Quantity', width: 60 },
  ],
  rows: [],
  sums: [],
  total: null,
  notes: [],
  language: 'en',
  writtenAt: '2026-03-01T12:00:00.000Z',
}
const row = (name: string, ...details: string[]): Row => ({ cells: [name, '1'], details })
const read = async (changes: Partial<Document>) => textOf(await toPaper({ ...plain, ...changes }))

test('a long table goes on under the same head, and no row is lost', async () => {
  const names = Array.from({ length: 200 }, (_, at) => `Thing-${at + 1}`)
  const rows = names.map((name) => row(name, 'SKU'))
  const { pages } = await read({ rows, total: { label: 'Total', value: 'all' } })
  expect(pages.length).toBeGreaterThan(4)
  pages.forEach((page, at) => {
    expect(page).toContain('Item Quantity')
    expect(page).toContain('Invoice 2026-000042')
    expect(page).toContain(`${at + 1} / ${pages.length}`)
  })
  const found = pages.join(' ').match(/Thing-\d+/g)
  expect(found).toEqual(names)
  expect(pages.at(-1)).toContain('Total all')
})

test('what stands below the table goes on too', async () => {
  const sums = Array.from({ length: 90 }, (_, at) => ({ label: `Sum-${at}`, value: `${at}` }))
  const { pages } = await read({ sums, notes: ['Paid.'] })
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.join(' ').match(/Sum-\d+/g)).toHaveLength(90)
  expect(pages.at(-1)).toContain('Paid.')
})

test('words that are longer than their column are broken, and lose no letter', async () => {
  const word = 'Donaudampfschifffahrtsgesellschaft'.repeat(7)
  const { pages } = await read({ rows: [row(word, word)], notes: [word.repeat(3)] })
  expect(pages).toHaveLength(1)
  expect(pages[0]?.replaceAll(' ', '')).toContain(`${word}1${word}${word.repeat(3)}`)
})

test.each([
  ['Latin', 'Žluťoučký kůň, şişe, ßœøå, Nguyễn'],
  ['Greek', 'Ξεσκεπάζω την ψυχοφθόρα'],
  ['Cyrillic', 'Съешь ещё этих булок, їжак, ђачка'],
  ['Georgian', 'ღვინო'],
  ['Armenian', 'Գինի'],
  ['currencies', '€ £ ¥ ₹ ₺ ₽ ₴'],
])('letters are there: %s', async (_, text) => {
  const { pages } = await read({ rows: [row(text)] })
  expect(pages[0]).toContain(text)
})

test('a script that the fonts have not breaks nothing around it', async () => {
  const { pages } = await read({
    rows: [row('陶器 🏺 ฟ'), row('سلام دنیا'), row('a\tb\r\nc'), row('')],
    notes: ['After it.'],
  })
  expect(pages).toHaveLength(1)
  expect(pages[0]).toContain('a b c')
  expect(pages[0]).toContain('After it.')
})

test('it says what it is called to whoever reads it aloud', async () => {
  expect((await read({})).title).toBe(plain.title)
})
