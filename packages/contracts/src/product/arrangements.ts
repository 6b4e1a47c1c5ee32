// What staff arrange around the products, as lines of a file: one shop's is another's.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { text, timestamp } from '../shapes.ts'
import { attributeFields } from './attributes.ts'
import { groupKey } from './customer-groups.ts'
import { listedAmounts } from './price-lists.ts'
import { attributeKey, attributeType, catalogueSlug, optionValues } from './shapes.ts'
import { synonymWord } from './synonyms.ts'
import { nameTranslations } from './translations.ts'

/**
 * Everything is named as people name it: products, categories and collections by slug, variants by their option
 * values, groups and attributes by key, price lists by name. What a line names stands in a line before it, or is there.
 */
const kinds = {
  synonym: z.strictObject({
    typed: synonymWord.nullable(),
    words: z.array(synonymWord).min(1).max(20),
  }),
  category: z.strictObject({
    slug: catalogueSlug,
    name: text(1, 100),
    /** The category it stands under. */
    parent: catalogueSlug.nullable(),
    translations: nameTranslations.optional(),
  }),
  attribute: z.strictObject({
    ...attributeFields,
    key: attributeKey,
    type: attributeType,
    translations: attributeFields.translations.optional(),
  }),
  collection: z.strictObject({
    slug: catalogueSlug,
    name: text(1, 100),
    isPublished: z.boolean(),
    /** In the order in which they are shown. */
    products: z.array(catalogueSlug).max(1_000),
    /** Not given, they stay as they are. */
    translations: nameTranslations.optional(),
  }),
  customerGroup: z.strictObject({ key: groupKey, name: text(1, 100) }),
  priceList: z.strictObject({
    name: text(1, 100),
    /** Everyone when null. */
    group: groupKey.nullable(),
    startsAt: timestamp.nullable(),
    endsAt: timestamp.nullable(),
    state: z.enum(['draft', 'active']),
  }),
  listedPrices: z.strictObject({
    list: text(1, 100),
    items: z
      .array(z.strictObject({ product: catalogueSlug, optionValues, prices: listedAmounts }))
      .min(1)
      .max(1_000),
  }),
}
export const arrangement = z
  .strictObject(z.object(kinds).partial().shape)
  .refine((line) => Object.keys(line).length === 1, 'a line says one thing')
const exampleArrangement = {
  priceList: {
    ...{ name: 'Summer sale', group: 'wholesale', state: 'active' as const },
    ...{ startsAt: examples.time, endsAt: examples.laterTime },
  },
}

export const exportArrangements = operation('GET', '/v1/catalogue/arrangements', {
  summary:
    'What is arranged around the products, from synonyms to price lists, as an import takes it',
  auth: { permission: 'product:arrangement:export' },
  rate: 'bulk',
  reply: { 200: arrangement },
  lines: true,
  example: { reply: exampleArrangement },
})

/** The last line is `finished`, or `failed` when the rest of the file was not taken. */
const importedLine = z.object({
  kind: z.enum(['refused', 'finished', 'failed']),
  /** Of the file: the one that was refused, or how many were read. */
  line: z.int(),
  /** Of lines so far. */
  counts: z.object({ created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() }),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
})

export const importArrangements = operation('PUT', '/v1/catalogue/arrangements', {
  summary: 'Take what is arranged around the products; nothing is removed',
  auth: { permission: 'product:arrangement:import' },
  rate: 'bulk',
  upload: 'application/x-ndjson',
  bodyLimitBytes: 200 * 1_048_576,
  reply: { 200: importedLine },
  lines: true,
  example: {
    body: '{"customerGroup":{"key":"wholesale","name":"Wholesale"}}\n',
    reply: {
      ...{ kind: 'finished', line: 1 },
      counts: { created: 1, updated: 0, unchanged: 0, refused: 0 },
    },
  },
})
