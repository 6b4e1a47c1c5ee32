import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'
import { categoryMissing } from './catalogue.ts'
import { catalogueSlug } from './shapes.ts'
import { exampleNames, nameTranslations, readIn, wanted } from './translations.ts'

const category = z.object({
  id: id('category'),
  parentId: id('category').nullable(),
  slug: z.string(),
  name: z.string(),
  translations: nameTranslations,
  version: z.int(),
})
/** As shoppers read it. */
const shown = category.omit({ translations: true }).extend({ locale: readIn })
const exampleShown = {
  ...{ id: examples.id(12), parentId: null, slug: 'pots', name: 'Pots', version: 1 },
  locale: null,
}
const exampleCategory = {
  ...{ id: examples.id(12), parentId: null, slug: 'pots', name: 'Pots', version: 1 },
  translations: exampleNames('Töpfe'),
}

export const categorySlugTaken = problem(
  'conflict',
  'product.category_slug_taken',
  'Another category has this slug',
)
export const categoryUnfit = problem(
  'unprocessable',
  'product.category_unfit',
  'A category cannot stand there',
)
export const categoryOutdated = problem(
  'precondition',
  'product.category_outdated',
  'The category was changed since it was read',
)
export const categoryInUse = problem(
  'conflict',
  'product.category_in_use',
  'Other categories stand under it',
)

export const listCategories = operation('GET', '/v1/categories', {
  summary: 'All categories; each names the one it stands under',
  auth: { public: true },
  query: z.strictObject(wanted),
  reply: { 200: z.object({ items: z.array(shown) }) },
  example: { query: {}, reply: { items: [exampleShown] } },
})

export const createCategory = operation('POST', '/v1/catalogue/categories', {
  summary: 'Make a category; without a slug it gets one from its name',
  auth: { permission: 'product:category:create' },
  idempotent: true,
  body: z.strictObject({
    name: text(1, 100),
    slug: catalogueSlug.optional(),
    parentId: id('category').nullable().default(null),
    translations: nameTranslations.default([]),
  }),
  reply: { 201: category },
  problems: [categorySlugTaken, categoryMissing, categoryUnfit],
  example: { body: { name: 'Pots', translations: exampleNames('Töpfe') }, reply: exampleCategory },
})

const byId = z.strictObject({ categoryId: id('category') })

export const changeCategory = operation('PATCH', '/v1/catalogue/categories/{categoryId}', {
  summary: 'Rename or move a category; `version` is the one the change was made from',
  auth: { permission: 'product:category:update' },
  params: byId,
  body: z.strictObject({
    version: z.int().min(1),
    name: text(1, 100).optional(),
    slug: catalogueSlug.optional(),
    parentId: id('category').nullable().optional(),
    translations: nameTranslations.optional(),
  }),
  reply: { 200: category },
  problems: [categoryMissing, categorySlugTaken, categoryUnfit, categoryOutdated],
  example: {
    params: { categoryId: examples.id(12) },
    body: { version: 1, name: 'Pots and vases' },
    reply: { ...exampleCategory, name: 'Pots and vases', version: 2 },
  },
})

export const removeCategory = operation('DELETE', '/v1/catalogue/categories/{categoryId}', {
  summary: 'Remove a category; its products stay',
  auth: { permission: 'product:category:delete' },
  params: byId,
  reply: { 204: nothing },
  problems: [categoryMissing, categoryInUse],
  example: { params: { categoryId: examples.id(12) } },
})
