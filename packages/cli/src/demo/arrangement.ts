// What a shop says of its things beside their names, and how it puts them together.
import type { CallInput } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import type { PlatformClient } from '../seed/platform-client.ts'
import { materialNames, waysOfCare } from './catalogue.ts'
import { germanLabel, germanName } from './german.ts'

const { createAttribute, createCollection } = productContract.operations

/** Before the products: what they are described by has to be there. */
export async function defineAttributes(staff: PlatformClient): Promise<void> {
  const attributes: CallInput<typeof createAttribute>['body'][] = [
    {
      ...{ key: 'material', label: 'Material', isFilterable: true },
      type: 'choice',
      choices: [...materialNames],
    },
    { key: 'height', label: 'Height', type: 'number', unit: 'cm', isFilterable: true },
    { key: 'outdoors', label: 'May stand outside', type: 'boolean', isFilterable: true },
    { key: 'care', label: 'Care', type: 'choice', choices: [...waysOfCare] },
  ]
  for (const body of attributes)
    await staff.call(createAttribute, {
      body: { ...body, translations: germanLabel(body.label, body.choices) },
    })
}

interface Placed {
  readonly id: string
  readonly thing: string
  readonly material: string
}

const collections: readonly { name: string; slug: string; of: (one: Placed) => boolean }[] = [
  {
    ...{ name: 'A table for six', slug: 'a-table-for-six' },
    of: ({ thing }) => ['Serving Bowl', 'Mug', 'Carafe', 'Cutting Board'].includes(thing),
  },
  {
    ...{ name: 'Long evenings', slug: 'long-evenings' },
    of: ({ thing }) => ['Reading Lamp', 'Pendant', 'Candlestick'].includes(thing),
  },
  {
    ...{ name: 'All of oak', slug: 'all-of-oak' },
    of: ({ material }) => material === 'Oak',
  },
]

export async function arrange(staff: PlatformClient, products: readonly Placed[]): Promise<void> {
  for (const { of, ...named } of collections)
    await staff.call(createCollection, {
      body: {
        ...{ ...named, isPublished: true, translations: germanName(named.name) },
        productIds: products.filter(of).map(({ id }) => id),
      },
    })
}

const said: readonly (readonly [stars: number, text: string])[] = [
  [5, 'Heavier than it looks, and it looks right in every light.'],
  [4, 'The second one we bought. The first went to a neighbour who would not give it back.'],
  [5, 'Came well packed, and on the day that was named.'],
  [3, 'Good work, though smaller than I had thought: measure before you order.'],
]

/** What the customer of this number says of what was bought. */
export function opinion(number: number): { readonly stars: number; readonly text: string } {
  const [stars, text] = said[(number + Math.floor(number / said.length)) % said.length] ?? [
    5,
    'As described.',
  ]
  return { stars, text }
}
