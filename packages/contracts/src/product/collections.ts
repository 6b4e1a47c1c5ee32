// Lists of products that staff put together by hand, such as what a season is about.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'
import { collectionMissing, productMissing } from './catalogue.ts'
import { catalogueSlug } from './shapes.ts'
import { exampleNames, nameTranslations, readIn, wanted } from './translations.ts'

const collection = z.object({
  id: id('collection'),
  slug: z.string(),
  name: z.string(),
})
/** As shoppers read it. */
const shown = collection.extend({ locale: readIn })
const keptCollection = collection.extend({
  translations: nameTranslations,
  /** Shoppers see it. */
  isPublished: z.boolean(),
  version: z.int(),
})
const wholeCollection = keptCollection.extend({
  /** In the order in which they are shown. */
  productIds: z.array(id('product')),
})

const exampleCollection = { id: examples.id(40), slug: 'summer', name: 'Summer' }
const exampleKept = {
  ...exampleCollection,
  ...{ translations: exampleNames('Sommer'), isPublished: true, version: 1 },
}
const exampleWhole = { ...exampleKept, productIds: [examples.id(10)] }

export const collectionSlugTaken = problem(
  'conflict',
  'product.collection_slug_taken',
  'Another collection has this slug',
)
export const collectionUnfit = problem(
  'unprocessable',
  'product.collection_unfit',
  'A collection cannot be like that',
)
export const collectionOutdated = problem(
  'precondition',
  'product.collection_outdated',
  'The collection was changed since it was read',
)

const fields = {
  name: text(1, 100),
  slug: catalogueSlug,
  isPublished: z.boolean(),
  /** Each once, in the order in which they are shown. */
  productIds: z.array(id('product')).max(1_000),
  translations: nameTranslations,
}
const byId = z.strictObject({ collectionId: id('collection') })

export const listCollections = operation('GET', '/v1/collections', {
  summary: 'Every collection that is published, by its name',
  auth: { public: true },
  query: z.strictObject(wanted),
  reply: { 200: z.object({ items: z.array(shown) }) },
  example: {
    query: { locale: 'de' },
    reply: { items: [{ ...exampleCollection, ...{ name: 'Sommer', locale: 'de' } }] },
  },
})

export const listCatalogueCollections = operation('GET', '/v1/catalogue/collections', {
  summary: 'Every collection of the tenant, published or not, by its name',
  auth: { permission: 'product:collection:read' },
  reply: { 200: z.object({ items: z.array(keptCollection) }) },
  example: { reply: { items: [exampleKept] } },
})

export const readCatalogueCollection = operation(
  'GET',
  '/v1/catalogue/collections/{collectionId}',
  {
    summary: 'A collection with its products, whatever the status of these',
    auth: { permission: 'product:collection:read' },
    params: byId,
    reply: { 200: wholeCollection },
    problems: [collectionMissing],
    example: { params: { collectionId: examples.id(40) }, reply: exampleWhole },
  },
)

export const createCollection = operation('POST', '/v1/catalogue/collections', {
  summary: 'Make a collection; without a slug it gets one from its name',
  auth: { permission: 'product:collection:create' },
  idempotent: true,
  body: z.strictObject({
    ...fields,
    slug: catalogueSlug.optional(),
    isPublished: fields.isPublished.default(false),
    productIds: fields.productIds.default([]),
    translations: fields.translations.default([]),
  }),
  reply: { 201: wholeCollection },
  problems: [collectionSlugTaken, collectionUnfit, productMissing],
  example: {
    body: { name: 'Summer', isPublished: true, productIds: [examples.id(10)] },
    reply: exampleWhole,
  },
})

export const changeCollection = operation('PATCH', '/v1/catalogue/collections/{collectionId}', {
  summary: 'Change a collection; products that are given replace all it had, in this order',
  auth: { permission: 'product:collection:update' },
  params: byId,
  body: z.strictObject({
    version: z.int().min(1),
    changes: z.strictObject(z.object(fields).partial().shape),
  }),
  reply: { 200: wholeCollection },
  problems: [
    collectionMissing,
    collectionSlugTaken,
    collectionUnfit,
    collectionOutdated,
    productMissing,
  ],
  example: {
    params: { collectionId: examples.id(40) },
    body: { version: 1, changes: { isPublished: false, productIds: [examples.id(10)] } },
    reply: { ...exampleWhole, isPublished: false, version: 2 },
  },
})

export const removeCollection = operation('DELETE', '/v1/catalogue/collections/{collectionId}', {
  summary: 'Remove a collection; its products stay',
  auth: { permission: 'product:collection:delete' },
  params: byId,
  reply: { 204: nothing },
  problems: [collectionMissing],
  example: { params: { collectionId: examples.id(40) } },
})
