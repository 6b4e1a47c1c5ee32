// What a shop for the home has: things, each of several materials, with texts and prices of our own.
import { germanProduct } from './german.ts'

interface Thing {
  readonly name: string
  readonly category: string
  readonly text: string
  /** In whole euros, of the plainest. */
  readonly price: number
  readonly sizes?: readonly string[]
}

const things: readonly Thing[] = [
  {
    name: 'Reading Lamp',
    category: 'Light',
    text: 'A lamp for one chair and one book. The arm stays where you leave it.',
    price: 69,
  },
  {
    name: 'Pendant',
    category: 'Light',
    text: 'Hangs low over a table and keeps its light to itself.',
    price: 94,
    sizes: ['Small', 'Large'],
  },
  {
    name: 'Candlestick',
    category: 'Light',
    text: 'Heavy at the foot, so that a draught takes the flame and not the candle.',
    price: 24,
  },
  {
    name: 'Serving Bowl',
    category: 'Table',
    text: 'Deep enough for a salad for six, and shallow enough to see what is left.',
    price: 38,
    sizes: ['Small', 'Medium', 'Large'],
  },
  {
    name: 'Mug',
    category: 'Table',
    text: 'Holds what a morning needs. The handle takes three fingers.',
    price: 14,
  },
  {
    name: 'Carafe',
    category: 'Table',
    text: 'Pours without a drop down its neck.',
    price: 32,
  },
  {
    name: 'Cutting Board',
    category: 'Kitchen',
    text: 'One side for bread, the other for everything else.',
    price: 29,
    sizes: ['Small', 'Large'],
  },
  {
    name: 'Storage Jar',
    category: 'Kitchen',
    text: 'Closes tight and opens with one hand.',
    price: 18,
    sizes: ['Half litre', 'One litre'],
  },
  {
    name: 'Mortar',
    category: 'Kitchen',
    text: 'Rough inside where it has to be, smooth where it is washed.',
    price: 42,
  },
  {
    name: 'Bench',
    category: 'Furniture',
    text: 'For the hall, the garden or the end of a bed. It carries three who like each other.',
    price: 189,
  },
  {
    name: 'Stool',
    category: 'Furniture',
    text: 'Three legs, because three never wobble.',
    price: 79,
  },
  {
    name: 'Wall Shelf',
    category: 'Furniture',
    text: 'Two screws, and no bracket to be seen.',
    price: 54,
    sizes: ['60 cm', '90 cm'],
  },
  {
    name: 'Plant Pot',
    category: 'Garden',
    text: 'With a saucer that belongs to it.',
    price: 22,
    sizes: ['Small', 'Medium', 'Large'],
  },
  {
    name: 'Bird Table',
    category: 'Garden',
    text: 'Out of reach of cats, within sight of breakfast.',
    price: 58,
  },
]

interface Material {
  readonly care: string
  readonly outdoors: boolean
  readonly name: string
  readonly maker: string
  readonly text: string
  readonly factor: number
}

const materials: readonly Material[] = [
  {
    ...{ care: 'Oil once a year', outdoors: true },
    ...{ name: 'Oak', maker: 'Fenwright Joinery', factor: 1.2 },
    text: 'Of oak from the county, oiled twice; it darkens with the years.',
  },
  {
    ...{ care: 'Soap and a damp cloth', outdoors: false },
    ...{ name: 'Ash', maker: 'Fenwright Joinery', factor: 1 },
    text: 'Of pale ash, soaped rather than varnished.',
  },
  {
    ...{ care: 'Dishwasher', outdoors: true },
    ...{ name: 'Stoneware', maker: 'Hearth Lane Kiln', factor: 1.1 },
    text: 'Thrown by hand and fired once, hot; no two have the same speckle.',
  },
  {
    ...{ care: 'Polish, or leave alone', outdoors: true },
    ...{ name: 'Brass', maker: 'Two Smiths', factor: 1.6 },
    text: 'Spun brass without lacquer; polish it or let it go brown.',
  },
  {
    ...{ care: 'A brush and water', outdoors: true },
    ...{ name: 'Slate', maker: 'Quarry & Daughter', factor: 1.3 },
    text: 'Split slate, cool to the hand, edges left as they broke.',
  },
  {
    ...{ care: 'By hand', outdoors: false },
    ...{ name: 'Glass', maker: 'Hearth Lane Kiln', factor: 1.4 },
    text: 'Blown from bottles that had a life before.',
  },
]

/** Euros to what a person would write on a label elsewhere, not to the rate of a day. */
const prices = [
  { currency: 'EUR', factor: 1 },
  { currency: 'GBP', factor: 0.9 },
  { currency: 'USD', factor: 1.15 },
] as const

export const materialNames: readonly string[] = materials.map(({ name }) => name)

export const waysOfCare: readonly string[] = materials.map(({ care }) => care)

export const demoCategories: readonly string[] = [...new Set(things.map((one) => one.category))]

/** Without a common factor with how many there are: each comes once, far from its like. */
const stride = 37

/** The same 84 products every time, so many of each that `shoppers` may all want the same. */
export function demoProducts(shoppers = 1) {
  const products = things.flatMap((thing, row) =>
    materials.map((material, column) => {
      const number = row * materials.length + column
      const sizes = thing.sizes ?? []
      return {
        category: thing.category,
        material: material.name,
        product: {
          title: `${material.name} ${thing.name}`,
          description: `<p>${thing.text}</p><p>${material.text}</p>`,
          vendor: material.maker,
          type: thing.name,
          tags: [material.name.toLowerCase(), thing.category.toLowerCase()],
          status: 'active' as const,
          attributes: [
            { key: 'material', value: material.name },
            { key: 'height', value: String(8 + ((row * 11 + column * 3) % 90)) },
            { key: 'outdoors', value: String(material.outdoors) },
            { key: 'care', value: material.care },
          ],
          options: sizes.length > 0 ? ['Size'] : [],
          translations: germanProduct(thing.name, material.name, ['Size', ...sizes]),
          variants: (sizes.length > 0 ? sizes : [undefined]).map((size, at) => ({
            sku: `FH-${String(number + 1).padStart(3, '0')}-${at + 1}`,
            ...(size !== undefined && { optionValues: [size] }),
            onHand: shoppers + 4 + ((number * 7 + at * 3) % 40),
            prices: prices.map(({ currency, factor }) => ({
              currency,
              amountMinor: Math.round(thing.price * material.factor * factor * (1 + at / 3)) * 100,
            })),
          })),
        },
      }
    }),
  )
  // The newest stand together on the first page of the shop.
  return products.flatMap((_, at) => products[(at * stride) % products.length] ?? [])
}
