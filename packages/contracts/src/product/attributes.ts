// What a tenant says of its products beside their names and prices, each in a form that it defines.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'
import { attributeMissing } from './catalogue.ts'
import { attributeKey, attributeType } from './shapes.ts'
import { attributeTranslations } from './translations.ts'

const attribute = z.object({
  id: id('attribute'),
  key: z.string(),
  label: z.string(),
  type: attributeType,
  /** The values of a choice, in the order in which staff pick from them. */
  choices: z.array(z.string()),
  unit: z.string().nullable(),
  /** Shoppers can narrow a search by it. */
  isFilterable: z.boolean(),
  translations: attributeTranslations,
  version: z.int(),
})
const exampleAttribute = {
  id: examples.id(41),
  key: 'colour',
  label: 'Colour',
  type: 'choice' as const,
  choices: ['Red', 'Terracotta'],
  unit: null,
  isFilterable: true,
  translations: [
    { locale: 'de', label: 'Farbe', unit: null, choices: [{ choice: 'Red', text: 'Rot' }] },
  ],
  version: 1,
}

export const attributeKeyTaken = problem(
  'conflict',
  'product.attribute_key_taken',
  'Another attribute has this key',
)
export const attributeOutdated = problem(
  'precondition',
  'product.attribute_outdated',
  'The attribute was changed since it was read',
)
export const attributeInUse = problem(
  'conflict',
  'product.attribute_in_use',
  'Products have a value that would be lost',
)
export const attributeUnfit = problem(
  'unprocessable',
  'product.attribute_unfit',
  'An attribute cannot be like that',
)

export const attributeFields = {
  label: text(1, 100),
  choices: z.array(text(1, 200)).max(200),
  /** Of a number, such as cm. */
  unit: text(1, 20).nullable(),
  isFilterable: z.boolean(),
  translations: attributeTranslations,
}
const byId = z.strictObject({ attributeId: id('attribute') })

export const listAttributes = operation('GET', '/v1/catalogue/attributes', {
  summary: 'Every attribute that products of the tenant can have, by its label',
  auth: { permission: 'product:attribute:read' },
  reply: { 200: z.object({ items: z.array(attribute) }) },
  example: { reply: { items: [exampleAttribute] } },
})

export const createAttribute = operation('POST', '/v1/catalogue/attributes', {
  summary: 'Define an attribute; its key and its type stay as they are',
  auth: { permission: 'product:attribute:create' },
  idempotent: true,
  body: z.strictObject({
    key: attributeKey,
    type: attributeType,
    label: attributeFields.label,
    choices: attributeFields.choices.default([]),
    unit: attributeFields.unit.default(null),
    isFilterable: attributeFields.isFilterable.default(false),
    translations: attributeFields.translations.default([]),
  }),
  reply: { 201: attribute },
  problems: [attributeKeyTaken, attributeUnfit],
  example: {
    body: {
      key: 'colour',
      type: 'choice',
      label: 'Colour',
      choices: ['Red', 'Terracotta'],
      isFilterable: true,
    },
    reply: exampleAttribute,
  },
})

export const changeAttribute = operation('PATCH', '/v1/catalogue/attributes/{attributeId}', {
  summary: 'Change an attribute; a choice that products have cannot be taken away',
  auth: { permission: 'product:attribute:update' },
  params: byId,
  body: z.strictObject({
    version: z.int().min(1),
    changes: z.strictObject(z.object(attributeFields).partial().shape),
  }),
  reply: { 200: attribute },
  problems: [attributeMissing, attributeOutdated, attributeUnfit, attributeInUse],
  example: {
    params: { attributeId: examples.id(41) },
    body: { version: 1, changes: { choices: ['Red', 'Terracotta', 'White'] } },
    reply: { ...exampleAttribute, choices: ['Red', 'Terracotta', 'White'], version: 2 },
  },
})

export const removeAttribute = operation('DELETE', '/v1/catalogue/attributes/{attributeId}', {
  summary: 'Remove an attribute; what products have of it only when that is said',
  auth: { permission: 'product:attribute:delete' },
  params: byId,
  query: z.strictObject({
    dropValues: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  }),
  reply: { 204: nothing },
  problems: [attributeMissing, attributeInUse],
  example: { params: { attributeId: examples.id(41) }, query: { dropValues: 'true' } },
})
