import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { expect, inject, test } from 'vitest'
import { arrayText } from './array-text.ts'

test('PostgreSQL reads what was written, whatever stands in it', async () => {
  const texts = ['plain', '', 'NULL', null, 'a "b"', 'c\\d', '{e,f}', ' g ', "h'i", 'ü\n😀']
  const sql = await connectDirectly(inject('cluster').admin)
  try {
    const { rows } = await sql.query('select $1::text[] as texts, $2::float8[] as numbers', [
      arrayText(texts),
      arrayText([1, -2.5, null, 1_795_858_200.00025]),
    ])
    expect(rows).toEqual([{ texts, numbers: [1, -2.5, null, 1_795_858_200.00025] }])
  } finally {
    await sql.end()
  }
})
