// Pictures of products that are kept here; what a product only names by address is not among them.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { jobKind } from '../job.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text, timestamp } from '../shapes.ts'
import { productMissing } from './catalogue.ts'
import { exampleImage, examplePictureToken, image } from './shapes.ts'

const picture = image.extend({
  id: id('picture'),
  productId: id('product'),
  /** Among all images of the product, the first being 1. */
  position: z.int(),
  /** Of the picture as it came, upright. */
  width: z.int(),
  height: z.int(),
  /** Of all its sizes together. */
  sizeBytes: z.int(),
  /** Of the file as it came. */
  sha256: z.string(),
  /** Where it was fetched from; null when it was uploaded. */
  sourceUrl: z.string().nullable(),
  createdAt: timestamp,
})
const examplePicture = {
  ...exampleImage,
  ...{ id: examples.id(16), productId: examples.id(10), position: 1 },
  ...{ width: 2_400, height: 1_800, sizeBytes: 310_400 },
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  sourceUrl: null,
  createdAt: examples.time,
}

export const pictureMissing = problem(
  'missing',
  'product.picture_missing',
  'There is no such picture',
)
export const pictureUnreadable = problem(
  'unprocessable',
  'product.picture_unreadable',
  'The file is no picture that can be taken',
)
export const pictureTooLarge = problem(
  'unprocessable',
  'product.picture_too_large',
  'The picture has too many pixels',
)
export const picturesTooMany = problem(
  'conflict',
  'product.pictures_too_many',
  'The product has as many images as it can have',
)

const ofProduct = z.strictObject({ productId: id('product') })
const byId = z.strictObject({ pictureId: id('picture') })
const alt = text(1, 500)

export const listPictures = operation('GET', '/v1/catalogue/products/{productId}/pictures', {
  summary: 'The pictures of a product that are kept here, in its order',
  auth: { permission: 'product:product:read' },
  params: ofProduct,
  reply: { 200: z.object({ items: z.array(picture) }) },
  problems: [productMissing],
  example: { params: { productId: examples.id(10) }, reply: { items: [examplePicture] } },
})

export const uploadPicture = operation('POST', '/v1/catalogue/products/{productId}/pictures', {
  summary: 'Add a picture (JPEG, PNG, WebP, GIF, AVIF; up to 20 MB); the same file twice is one',
  auth: { permission: 'product:product:update' },
  rate: 'bulk',
  upload: 'image/*',
  bodyLimitBytes: 20 * 1_048_576,
  params: ofProduct,
  query: z.strictObject({ alt: alt.optional() }),
  reply: { 201: picture },
  problems: [productMissing, pictureUnreadable, pictureTooLarge, picturesTooMany],
  example: {
    params: { productId: examples.id(10) },
    query: { alt: 'A clay pot' },
    // A GIF of one pixel, which happens to be text.
    body: 'GIF89a\u0001\0\u0001\0\0\0\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;',
    reply: examplePicture,
  },
})

export const changePicture = operation('PATCH', '/v1/catalogue/pictures/{pictureId}', {
  summary: 'Change what a picture says to whoever cannot see it, or its place among the images',
  auth: { permission: 'product:product:update' },
  params: byId,
  body: z.strictObject({
    alt: alt.nullable().optional(),
    position: z.int().min(1).max(250).optional(),
  }),
  reply: { 200: picture },
  problems: [pictureMissing],
  example: {
    params: { pictureId: examples.id(16) },
    body: { position: 1 },
    reply: examplePicture,
  },
})

export const removePicture = operation('DELETE', '/v1/catalogue/pictures/{pictureId}', {
  summary: 'Remove a picture and its files',
  auth: { permission: 'product:product:update' },
  params: byId,
  reply: { 204: nothing },
  problems: [pictureMissing],
  example: { params: { pictureId: examples.id(16) } },
})

/** In pixels; a picture that is smaller is not made larger. */
export const pictureWidths = ['160', '480', '960', '1600'] as const

export const showPicture = operation('GET', '/v1/pictures/{picture}/{width}', {
  summary: 'A picture for pages; whoever has its address may see it',
  auth: { public: true },
  params: z.strictObject({
    picture: z.string().regex(/^[A-Za-z0-9_-]{64}$/),
    width: z.enum(pictureWidths),
  }),
  file: 'image/webp',
  isLasting: true,
  reply: { 200: z.object({ bytes: z.base64() }) },
  problems: [pictureMissing],
  example: {
    params: { picture: examplePictureToken, width: '480' },
    reply: { bytes: 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=' },
  },
})

/** Fetches what an import named; the import gave the job its id. */
export const pictureFetch = jobKind('picture_fetch', {
  input: z.strictObject({}),
  result: z.object({
    kept: z.int(),
    failed: z.int(),
    /** The first hundred, by line. */
    failures: z.array(
      z.object({
        /** Line of the product list that named it. */
        line: z.int(),
        productId: id('product'),
        url: z.string(),
        reason: z.string(),
      }),
    ),
  }),
})
