import { z } from 'zod'
import { examples } from '../examples.ts'
import { currency, id, money, standardTax, text, timestamp } from '../shapes.ts'
import { exampleTranslations, productTranslations, readIn } from './translations.ts'

/**
 * A name for addresses: letters and digits of any script in lower case, joined by hyphens. It never
 * looks like an id, because products and categories are named by either.
 */
export const catalogueSlug = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^(?![0-9a-f]{8}-[0-9a-f]{4}-)[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+(?:[-_][\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+)*$/u,
  )

/** What a tenant may write about itself in one line. */
export const label = text(1, 200)

/** Names of what variants differ in; three, as every shop platform allows. */
export const optionNames = z.array(text(1, 60)).max(3)
export const optionValues = z.array(text(1, 200)).max(3)

export const tags = z.array(text(1, 100)).max(250)

/** An amount that is asked for: never negative. */
export const priceAmount = z.strictObject({ amountMinor: z.int().min(0), currency })

/** A price in one currency; `compareAt` is the former one, shown struck out. */
export const priceInput = z.strictObject({
  amountMinor: z.int().min(0),
  currency,
  compareAtMinor: z.int().min(0).nullable().default(null),
})
export const price = z.object({
  amountMinor: z.int(),
  currency,
  compareAtMinor: z.int().nullable(),
})

/** Prices of one variant, at most one per currency. */
export const prices = z.array(priceInput).max(50)

/** `http` and `https` only: the address is put into pages. */
export const imageUrl = z.url({ protocol: /^https?$/ }).max(2_000)
export const image = z.object({
  url: z.string(),
  alt: z.string().nullable(),
  /** Widths in pixels at which it can be had; none where the picture is not kept here. */
  sizes: z.array(z.object({ width: z.int(), url: z.string() })),
})
export const imageInput = z.strictObject({
  url: imageUrl,
  alt: text(1, 500).nullable().default(null),
})

export const productStatus = z.enum(['draft', 'active', 'archived'])

/**
 * What happens when more is wanted than there is: `deny` refuses, `continue` sells beyond it,
 * `untracked` keeps no count.
 */
export const stockPolicy = z.enum(['deny', 'continue', 'untracked'])

/** Counts fit a 32-bit column with room to add. */
export const quantity = z.int().min(1).max(1_000_000)
export const onHand = z.int().min(-1_000_000_000).max(1_000_000_000)

export const categoryReference = z.object({
  id: id('category'),
  slug: z.string(),
  name: z.string(),
})

/** Of an attribute, where people and programs name it; it never holds the colon of a filter. */
export const attributeKey = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)
export const attributeType = z.enum(['text', 'number', 'boolean', 'choice'])

/**
 * What a product has of an attribute, as text whatever the type: a number is a decimal with up to
 * six places, exact as it was typed; a boolean is true or false.
 */
const attributeValue = z.object({
  key: z.string(),
  label: z.string(),
  type: attributeType,
  unit: z.string().nullable(),
  value: z.string(),
})
export const attributeInput = z.strictObject({ key: attributeKey, value: text(1, 500) })

/** What approved reviews say; null while there are none. 433 is an average of 4.33 stars. */
const rating = z.object({ reviews: z.int(), averageHundredths: z.int() }).nullable()

/** What a variant is, without what only the tenant may know. */
export const variant = z.object({
  id: id('variant'),
  sku: z.string().nullable(),
  optionValues: z.array(z.string()),
  prices: z.array(price),
  imageUrl: z.string().nullable(),
  /** Those of its product that show it, in its own order. */
  images: z.array(image),
  available: z.boolean(),
})

const anyProduct = z.object({
  id: id('product'),
  slug: z.string(),
  title: z.string(),
  /** HTML of the elements that text is made of; safe to put into a page. */
  description: z.string(),
  vendor: z.string().nullable(),
  type: z.string().nullable(),
  tags: z.array(z.string()),
  options: z.array(z.string()),
  images: z.array(image),
  categories: z.array(categoryReference),
  attributes: z.array(attributeValue),
  rating,
  variants: z.array(variant),
  createdAt: timestamp,
  updatedAt: timestamp,
})

/** A product as a shopper opens it. */
export const product = anyProduct.extend({
  /** Of the title; what else there is in it is shown in it. */
  locale: readIn,
  descriptionLocale: readIn,
})

/** A product in a list. `price` is null when it has none in the currency asked for. */
export const productCard = z.object({
  id: id('product'),
  slug: z.string(),
  title: z.string(),
  /** Of the title. */
  locale: readIn,
  vendor: z.string().nullable(),
  type: z.string().nullable(),
  image: image.nullable(),
  rating,
  price: z.object({ from: money, to: money, compareAtMinor: z.int().nullable() }).nullable(),
  available: z.boolean(),
})

/** A variant as its tenant keeps it. */
export const keptVariant = variant.extend({
  position: z.int(),
  barcode: z.string().nullable(),
  weightGrams: z.int().nullable(),
  stock: z.object({ onHand: z.int(), reserved: z.int(), policy: stockPolicy }),
})

/** A product as its tenant keeps it. */
export const keptProduct = anyProduct.extend({
  status: productStatus,
  translations: productTranslations,
  taxClass: z.string(),
  version: z.int(),
  variants: z.array(keptVariant),
})

/** Of the tenant, the product and the picture; see `showPicture`. */
export const examplePictureToken = `${'AZONXnwaezKfYAxbGi0-UA'.repeat(2)}AZONXnwaezKfYAxbGi0-`
const exampleAddress = `https://api.example.com/api/v1/pictures/${examplePictureToken}`
export const exampleImage = {
  url: `${exampleAddress}/1600`,
  alt: 'A clay pot',
  sizes: [160, 480, 960, 1_600].map((width) => ({ width, url: `${exampleAddress}/${width}` })),
}

const exampleVariant = {
  id: examples.id(11),
  sku: 'POT-CLAY-L',
  optionValues: ['Large'],
  prices: [{ amountMinor: 1_599, currency: 'GBP', compareAtMinor: 1_999 }],
  imageUrl: null,
  images: [exampleImage],
  available: true,
}

const exampleRating = { reviews: 3, averageHundredths: 433 }

export const exampleCard = {
  id: examples.id(10),
  slug: 'clay-pot',
  title: 'Clay pot',
  locale: null,
  vendor: 'Lovelace Looms',
  type: 'Outdoor',
  image: exampleImage,
  rating: exampleRating,
  price: {
    from: { amountMinor: 999, currency: 'GBP' },
    to: { amountMinor: 1_599, currency: 'GBP' },
    compareAtMinor: null,
  },
  available: true,
}

const exampleAnyProduct = {
  id: examples.id(10),
  slug: 'clay-pot',
  title: 'Clay pot',
  description: '<p>Fired twice.</p>',
  vendor: 'Lovelace Looms',
  type: 'Outdoor',
  tags: ['garden'],
  options: ['Size'],
  images: [exampleImage],
  categories: [{ id: examples.id(12), slug: 'pots', name: 'Pots' }],
  attributes: [
    { key: 'height', label: 'Height', type: 'number' as const, unit: 'cm', value: '22.5' },
  ],
  rating: exampleRating,
  variants: [exampleVariant],
  createdAt: examples.time,
  updatedAt: examples.time,
}
export const exampleProduct = { ...exampleAnyProduct, locale: null, descriptionLocale: null }

export const exampleKeptVariant = {
  ...exampleVariant,
  position: 1,
  barcode: null,
  weightGrams: 900,
  stock: { onHand: 12, reserved: 2, policy: 'deny' as const },
}

export const exampleKeptProduct = {
  ...exampleAnyProduct,
  translations: exampleTranslations,
  status: 'active' as const,
  taxClass: standardTax,
  version: 1,
  variants: [exampleKeptVariant],
}
