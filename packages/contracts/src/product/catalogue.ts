// What shoppers read: products on sale, anonymous or signed in.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { currency, id, page, pageQuery } from '../shapes.ts'
import {
  attributeType,
  catalogueSlug,
  exampleCard,
  exampleProduct,
  label,
  product,
  productCard,
} from './shapes.ts'
import { wanted } from './translations.ts'

export const productMissing = problem(
  'missing',
  'product.product_missing',
  'There is no such product',
)
export const categoryMissing = problem(
  'missing',
  'product.category_missing',
  'There is no such category',
)

export const collectionMissing = problem(
  'missing',
  'product.collection_missing',
  'There is no such collection',
)

export const attributeMissing = problem(
  'missing',
  'product.attribute_missing',
  'There is no such attribute',
)

export const listProducts = operation('GET', '/v1/products', {
  summary: 'Products on sale; prices in the currency asked for, or the one of the tenant',
  auth: { public: true },
  query: pageQuery.extend({
    /** Slug; products of the categories below it are listed too. */
    category: catalogueSlug.optional(),
    /** Slug of one that is published. */
    collection: catalogueSlug.optional(),
    vendor: label.optional(),
    type: label.optional(),
    currency: currency.optional(),
    ...wanted,
    /** Not given: a collection as its staff ordered it, anything else with the newest first. */
    sort: z.enum(['newest', 'title', 'price', '-price']).optional(),
  }),
  reply: { 200: page(productCard) },
  problems: [categoryMissing, collectionMissing],
  example: {
    query: { category: 'pots', sort: 'price' },
    reply: { items: [exampleCard], next: null },
  },
})

/** A product is named by its id or by its slug. */
export const byName = z.strictObject({ product: z.union([id('product'), catalogueSlug]) })

export const readProduct = operation('GET', '/v1/products/{product}', {
  summary: 'A product on sale, by id or slug, with its variants and their prices',
  auth: { public: true },
  params: byName,
  query: z.strictObject(wanted),
  reply: { 200: product },
  problems: [productMissing],
  example: {
    params: { product: 'clay-pot' },
    query: { locale: 'de-AT' },
    reply: { ...exampleProduct, ...{ title: 'Tontopf', locale: 'de' } },
  },
})

const countedValue = z.object({ value: z.string(), count: z.int() })
/** What a search could be narrowed to; each counts as if its own filter were not set. */
const facets = z.object({
  vendors: z.array(countedValue),
  types: z.array(countedValue),
  tags: z.array(countedValue),
  categories: z.array(
    z.object({ id: id('category'), slug: z.string(), name: z.string(), count: z.int() }),
  ),
  /** Those that shoppers can narrow by; a number has bounds besides. */
  attributes: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      type: attributeType,
      unit: z.string().nullable(),
      /** `text` is what is shown of a value, in the language asked for. */
      values: z.array(countedValue.extend({ text: z.string() })),
      bounds: z.object({ from: z.string(), to: z.string() }).nullable(),
    }),
  ),
  availability: z.object({ available: z.int(), unavailable: z.int() }),
  price: z.object({ fromMinor: z.int().nullable(), toMinor: z.int().nullable() }),
})

/** One value, or several under the same name. */
const several = (values: z.ZodType<string>) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? [given] : given),
    z.array(values).max(20).default([]),
  )

export const searchProducts = operation('GET', '/v1/product-search', {
  summary: 'Search products on sale by words, narrowed by filters, with facets and their counts',
  auth: { public: true },
  query: z.strictObject({
    q: z.string().trim().max(200).default(''),
    category: catalogueSlug.optional(),
    /** Slug of one that is published; without words its order is that of `relevance`. */
    collection: catalogueSlug.optional(),
    vendor: several(label),
    type: several(label),
    /** All of them must be there. */
    tag: several(label),
    /**
     * `key:value`, of a number also `key:10..20` and with either end left open. Several of one
     * attribute are alternatives; of different ones all must fit.
     */
    attribute: several(
      z
        .string()
        .max(600)
        .regex(/^[a-z][a-z0-9_]{0,39}:./),
    ),
    currency: currency.optional(),
    ...wanted,
    /** Bounds of the lowest price of a product, in minor units of the currency. */
    fromMinor: z.coerce.number().int().min(0).optional(),
    toMinor: z.coerce.number().int().min(0).optional(),
    available: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
    sort: z.enum(['relevance', 'newest', 'title', 'price', '-price']).default('relevance'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    /** Found products to pass over; deeper than this nobody looks, narrow the search instead. */
    skip: z.coerce.number().int().min(0).max(10_000).default(0),
  }),
  reply: {
    200: z.object({
      total: z.int(),
      /** `similar` when no product has the words and these come close. */
      matched: z.enum(['words', 'similar']),
      currency,
      items: z.array(productCard),
      facets,
    }),
  },
  problems: [categoryMissing, collectionMissing, attributeMissing],
  example: {
    query: { q: 'clay pot', vendor: 'Lovelace Looms', available: 'true' },
    reply: {
      total: 1,
      matched: 'words',
      currency: 'GBP',
      items: [exampleCard],
      facets: {
        vendors: [{ value: 'Lovelace Looms', count: 1 }],
        types: [{ value: 'Outdoor', count: 1 }],
        tags: [{ value: 'garden', count: 1 }],
        categories: [{ id: examples.id(12), slug: 'pots', name: 'Pots', count: 1 }],
        attributes: [
          {
            ...{ key: 'height', label: 'Height', type: 'number', unit: 'cm' },
            values: [{ value: '22.5', text: '22.5', count: 1 }],
            bounds: { from: '22.5', to: '22.5' },
          },
        ],
        availability: { available: 1, unavailable: 0 },
        price: { fromMinor: 999, toMinor: 999 },
      },
    },
  },
})
