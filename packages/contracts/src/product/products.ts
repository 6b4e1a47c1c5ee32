// What a tenant's staff do with products and their variants.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, page, pageQuery, standardTax, taxClass, text } from '../shapes.ts'
import { categoryMissing, productMissing } from './catalogue.ts'
import {
  attributeInput,
  catalogueSlug,
  exampleKeptProduct,
  exampleKeptVariant,
  imageInput,
  imageUrl,
  keptProduct,
  keptVariant,
  label,
  onHand,
  optionNames,
  optionValues,
  prices,
  productStatus,
  stockPolicy,
  tags,
} from './shapes.ts'
import { description, exampleTranslations, productTranslations } from './translations.ts'

const sku = text(1, 100)
const weightGrams = z.int().min(0).max(100_000_000)

/** Addresses of images of the product, as it was given them or shows them. */
const variantImages = z.array(imageUrl).max(20)

const variantInput = z.strictObject({
  sku: sku.nullable().default(null),
  barcode: text(1, 100).nullable().default(null),
  optionValues: optionValues.default([]),
  prices: prices.default([]),
  weightGrams: weightGrams.nullable().default(null),
  imageUrl: imageUrl.nullable().default(null),
  images: variantImages.default([]),
  onHand: onHand.default(0),
  stockPolicy: stockPolicy.default('deny'),
})

const productFields = {
  slug: catalogueSlug,
  title: text(1, 255),
  description,
  vendor: label.nullable(),
  type: label.nullable(),
  tags,
  /** The rates of each place say what it comes to. */
  taxClass,
  status: productStatus,
  images: z.array(imageInput).max(250),
  categoryIds: z.array(id('category')).max(50),
  /** One value of each attribute, by its key. */
  attributes: z.array(attributeInput).max(100),
  translations: productTranslations,
}

export const productSlugTaken = problem(
  'conflict',
  'product.slug_taken',
  'Another product has this slug',
)
export const skuTaken = problem('conflict', 'product.sku_taken', 'Another variant has this SKU')
export const productUnfit = problem(
  'unprocessable',
  'product.product_unfit',
  'The parts of the product contradict each other',
)
export const productOutdated = problem(
  'precondition',
  'product.product_outdated',
  'The product was changed since it was read',
)
export const variantMissing = problem(
  'missing',
  'product.variant_missing',
  'There is no such variant',
)
export const variantInUse = problem(
  'conflict',
  'product.variant_in_use',
  'The variant cannot be removed',
)

export const listCatalogue = operation('GET', '/v1/catalogue/products', {
  summary: 'Every product of the tenant, newest first, whatever its status; or those that fit',
  auth: { permission: 'product:product:read' },
  query: pageQuery.extend({
    status: productStatus.optional(),
    /** Beginnings of words that are all in it, or the beginning of a SKU. */
    q: z.string().trim().max(200).default(''),
    /** Slug; products of the categories below it are listed too. */
    category: catalogueSlug.optional(),
  }),
  reply: { 200: page(keptProduct) },
  problems: [categoryMissing],
  example: {
    query: { status: 'draft', q: 'pot' },
    reply: { items: [exampleKeptProduct], next: null },
  },
})

const byId = z.strictObject({ productId: id('product') })

export const readCatalogueProduct = operation('GET', '/v1/catalogue/products/{productId}', {
  summary: 'A product with its stock, whatever its status',
  auth: { permission: 'product:product:read' },
  params: byId,
  reply: { 200: keptProduct },
  problems: [productMissing],
  example: { params: { productId: examples.id(10) }, reply: exampleKeptProduct },
})

export const createProduct = operation('POST', '/v1/catalogue/products', {
  summary: 'Make a product with its variants; without a slug it gets one from its title',
  auth: { permission: 'product:product:create' },
  idempotent: true,
  body: z.strictObject({
    ...productFields,
    slug: catalogueSlug.optional(),
    description: description.default(''),
    vendor: productFields.vendor.default(null),
    type: productFields.type.default(null),
    tags: tags.default([]),
    taxClass: taxClass.default(standardTax),
    status: productStatus.default('draft'),
    images: productFields.images.default([]),
    categoryIds: productFields.categoryIds.default([]),
    attributes: productFields.attributes.default([]),
    translations: productFields.translations.default([]),
    options: optionNames.default([]),
    variants: z.array(variantInput).min(1).max(250).prefault([{}]),
  }),
  reply: { 201: keptProduct },
  problems: [productSlugTaken, skuTaken, productUnfit, categoryMissing],
  example: {
    body: {
      title: 'Clay pot',
      status: 'active',
      categoryIds: [examples.id(12)],
      options: ['Size'],
      variants: [
        {
          sku: 'POT-CLAY-L',
          optionValues: ['Large'],
          prices: [{ amountMinor: 1_599, currency: 'GBP', compareAtMinor: 1_999 }],
          onHand: 12,
        },
      ],
    },
    reply: exampleKeptProduct,
  },
})

export const changeProduct = operation('PATCH', '/v1/catalogue/products/{productId}', {
  summary: 'Change a product, or archive it; `version` is the one the change was made from',
  auth: { permission: 'product:product:update' },
  params: byId,
  body: z.strictObject({
    version: z.int().min(1),
    changes: z.strictObject(z.object(productFields).partial().shape),
  }),
  reply: { 200: keptProduct },
  problems: [productMissing, productOutdated, productSlugTaken, productUnfit, categoryMissing],
  example: {
    params: { productId: examples.id(10) },
    body: {
      version: 1,
      changes: {
        ...{ status: 'archived', categoryIds: [examples.id(12)] },
        translations: exampleTranslations,
      },
    },
    reply: { ...exampleKeptProduct, status: 'archived', version: 2 },
  },
})

export const addVariant = operation('POST', '/v1/catalogue/products/{productId}/variants', {
  summary: 'Add a variant to a product',
  auth: { permission: 'product:product:update' },
  idempotent: true,
  params: byId,
  body: variantInput,
  reply: { 201: keptVariant },
  problems: [productMissing, skuTaken, productUnfit],
  example: {
    params: { productId: examples.id(10) },
    body: { sku: 'POT-CLAY-S', optionValues: ['Small'] },
    reply: { ...exampleKeptVariant, sku: 'POT-CLAY-S', optionValues: ['Small'] },
  },
})

const byVariant = z.strictObject({ variantId: id('variant') })

export const changeVariant = operation('PATCH', '/v1/catalogue/variants/{variantId}', {
  summary: 'Change a variant; prices that are given replace all it had',
  auth: { permission: 'product:product:update' },
  params: byVariant,
  body: z.strictObject({
    sku: sku.nullable().optional(),
    barcode: text(1, 100).nullable().optional(),
    optionValues: optionValues.optional(),
    prices: prices.optional(),
    weightGrams: weightGrams.nullable().optional(),
    imageUrl: imageUrl.nullable().optional(),
    images: variantImages.optional(),
    stockPolicy: stockPolicy.optional(),
  }),
  reply: { 200: keptVariant },
  problems: [variantMissing, skuTaken, productUnfit],
  example: {
    params: { variantId: examples.id(11) },
    body: { prices: [{ amountMinor: 1_499, currency: 'GBP' }] },
    reply: exampleKeptVariant,
  },
})

export const removeVariant = operation('DELETE', '/v1/catalogue/variants/{variantId}', {
  summary: 'Remove a variant that nobody has reserved; a product keeps its last one',
  auth: { permission: 'product:product:update' },
  params: byVariant,
  reply: { 204: nothing },
  problems: [variantMissing, variantInUse],
  example: { params: { variantId: examples.id(11) } },
})
