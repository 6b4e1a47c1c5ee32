// Things of a shop that differ in what they are, one of them in German too.
import type { CallInput } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import type { TestShop } from '@prognetwork/testing'
import { expect } from 'vitest'

const { createAttribute, createCollection, createProduct } = productContract.operations
type Attribute = CallInput<typeof createAttribute>['body']
const inGerman = [{ locale: 'de', title: 'Messinglampe', description: '<p>Aus Messing.</p>' }]

/** Two lamps that differ in what they are, in a collection. */
export async function lightUp(shop: TestShop): Promise<void> {
  const attribute = { choices: [], unit: null, isFilterable: true }
  const choices = ['Brass', 'Steel']
  for (const own of [
    {
      ...{ key: 'metal', label: 'Metal', choices },
      type: 'choice',
      translations: [
        {
          ...{ locale: 'de', label: 'Metall' },
          choices: [{ choice: 'Brass', text: 'Messing' }],
        },
      ],
    },
    { key: 'height', label: 'Height', type: 'number', unit: 'cm' },
    { key: 'foldable', label: 'Foldable', type: 'boolean' },
  ] satisfies Attribute[]) {
    const { status } = await shop.staff.call(createAttribute, { body: { ...attribute, ...own } })
    expect(status).toBe(201)
  }
  const ids: string[] = []
  for (const [metal, height] of [
    ['Brass', '20.5'],
    ['Steel', '30'],
  ] as const) {
    const { status, body } = await shop.staff.call(createProduct, {
      body: {
        ...{ title: `${metal} Lamp`, slug: `${metal.toLowerCase()}-lamp`, status: 'active' },
        translations: metal === 'Brass' ? inGerman : [],
        description: `<p>Of ${metal}.</p>`,
        attributes: [
          { key: 'metal', value: metal },
          { key: 'height', value: height },
          { key: 'foldable', value: 'true' },
        ],
        variants: [{ onHand: 5, prices: [{ amountMinor: 5_000, currency: 'EUR' }] }],
      },
    })
    expect(status).toBe(201)
    ids.unshift(body.id)
  }
  const collection = {
    ...{ name: 'Light for long evenings', slug: 'evenings', isPublished: true },
    translations: [{ locale: 'de', name: 'Licht für lange Abende' }],
  }
  await shop.staff.call(createCollection, { body: { ...collection, productIds: ids } })
}
