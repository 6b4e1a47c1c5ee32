import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Context, Input, Transaction } from '@prognetwork/contracts'
import {
  pictureMissing,
  picturesTooMany,
  type productContract,
  productUpdated,
} from '@prognetwork/contracts/product'
import { type Handlers, newId, Problem, Unavailable } from '@prognetwork/shared-infrastructure'
import { maxImages } from '../products/product-rules.ts'
import { lockProduct } from '../products/products.store.ts'
import { missing, type ProductParts, told } from '../products/products.ts'
import { convertPicture } from './conversion.ts'
import { type ImageAddresses, placeOf, type StoredImage } from './images.ts'
import type { PictureFiles } from './picture-files.ts'
import {
  deletePictures,
  findImages,
  findPicture,
  findPictureLike,
  insertPictures,
  listPicturesOf,
  type PictureRow,
  setImages,
} from './pictures.store.ts'

type ProductHandlers = Handlers<typeof productContract>
type Upload = Input<typeof productContract.operations.uploadPicture>

/** Files that wait, each in memory, for one that is converted; whoever comes then comes again. */
const maxInHand = 16

export interface PictureParts extends ProductParts {
  readonly files: PictureFiles
  readonly addresses: ImageAddresses
}

/** The pictures of a product that are kept here: how staff bring, order and remove them. */
export function createPictures(parts: PictureParts) {
  const { db, events, audit, files, addresses } = parts

  /** Makes the images of a locked product these, and tells it. */
  async function change(
    ctx: Context,
    tx: Transaction,
    productId: string,
    images: readonly StoredImage[],
    action: string,
  ): Promise<void> {
    const [product] = await tx.run(setImages(productId, images, ctx.now))
    if (!product) throw new Error('a locked product is gone')
    await tx.batch([
      await events.put(ctx, productUpdated, told(product), { aggregateVersion: product.version }),
      audit(ctx, { action, outcome: 'success', resource: `product/${productId}` }),
    ])
  }

  /** The picture with its product locked, so that images change one after the other. */
  async function lock(tx: Transaction, pictureId: string) {
    const [place] = await tx.run(findPicture(pictureId))
    const [product] = place ? await tx.run(lockProduct(place.productId)) : []
    const [picture] = product ? await tx.run(findPicture(pictureId)) : []
    if (!product || !picture) throw new Problem(pictureMissing, 'No picture has this id')
    return { picture, images: product.images }
  }

  function shown(ctx: Context, row: PictureRow, images: readonly StoredImage[]) {
    const at = images.findIndex((one) => one.picture?.id === row.id)
    const image = images[at]
    if (!image) throw new Error('a picture is kept that its product does not show')
    const place = { tenantId: ctx.scope.tenantId, productId: row.productId }
    return { ...row, ...addresses.show(place, image), position: at + 1 }
  }

  /** A picture that is being added may be kept, and not be among images that were read just before. */
  async function find(ctx: Context, productId: string) {
    const [found, rows] = await db.readAll(ctx, [findImages(productId), listPicturesOf(productId)])
    const { images } = found[0] ?? missing()
    const shownIds = new Set(images.map((one) => one.picture?.id))
    return { images, rows, kept: rows.filter(({ id }) => shownIds.has(id)) }
  }

  /** The bytes as a picture of the product that nothing names yet, its files written. */
  async function prepare(ctx: Context, productId: string, bytes: Uint8Array, sha256: string) {
    const converted = await convertPicture(bytes)
    const { width, height } = converted
    const id = newId()
    const place = { tenantId: ctx.scope.tenantId, productId, pictureId: id }
    const sizeBytes = await files.write(place, converted)
    return {
      row: {
        ...{ id, productId, sha256, width, height, sizeBytes },
        ...{ sourceUrl: null, createdAt: ctx.now },
      } satisfies PictureRow,
      discard: () => files.remove(place),
    }
  }

  let inHand = 0
  const upload: ProductHandlers['uploadPicture'] = async (ctx, input) => {
    if (inHand >= maxInHand) throw new Unavailable('the conversion of pictures')
    inHand += 1
    try {
      return await add(ctx, input, await buffer(input.body))
    } finally {
      inHand -= 1
    }
  }

  async function add(ctx: Context, { params, query }: Upload, bytes: Uint8Array) {
    const { productId } = params
    const sha256 = sha256Of(bytes)
    const { images, rows, kept } = await find(ctx, productId)
    const known = kept.find((one) => one.sha256 === sha256)
    if (known) return shown(ctx, known, images)
    await files.removeAbandoned(ctx, productId, new Set(rows.map((one) => one.id)))
    const { row, discard } = await prepare(ctx, productId, bytes, sha256)
    let added = false
    try {
      return await db.transaction(ctx, async (tx) => {
        const [product] = await tx.run(lockProduct(productId))
        const { images } = product ?? missing()
        const [like] = await tx.run(findPictureLike(productId, sha256))
        if (like) return shown(ctx, like, images)
        if (images.length >= maxImages)
          throw new Problem(picturesTooMany, `It has ${maxImages} images`)
        const { id, width, height } = row
        const image = { url: null, alt: query.alt ?? null, picture: { id, width, height } }
        await tx.run(insertPictures([row]))
        await change(ctx, tx, productId, [...images, image], 'picture.added')
        added = true
        return shown(ctx, row, [...images, image])
      })
    } finally {
      if (!added) await discard()
    }
  }

  const list: ProductHandlers['listPictures'] = async (ctx, { params: { productId } }) => {
    const { images, kept } = await find(ctx, productId)
    const items = kept.map((row) => shown(ctx, row, images))
    return { items: items.sort((one, other) => one.position - other.position) }
  }

  const alter: ProductHandlers['changePicture'] = (ctx, { params, body }) =>
    db.transaction(ctx, async (tx) => {
      const { picture, images: before } = await lock(tx, params.pictureId)
      const at = before.findIndex((one) => one.picture?.id === picture.id)
      const images = before.map((one, place) =>
        place === at && body.alt !== undefined ? { ...one, alt: body.alt } : one,
      )
      if (body.position !== undefined) images.splice(body.position - 1, 0, ...images.splice(at, 1))
      await change(ctx, tx, picture.productId, images, 'picture.changed')
      return shown(ctx, picture, images)
    })

  const remove: ProductHandlers['removePicture'] = async (ctx, { params: { pictureId } }) => {
    const productId = await db.transaction(ctx, async (tx) => {
      const { picture, images } = await lock(tx, pictureId)
      const rest = images.filter((one) => one.picture?.id !== pictureId)
      await tx.run(deletePictures([pictureId]))
      await change(ctx, tx, picture.productId, rest, 'picture.removed')
      return picture.productId
    })
    await files.remove({ tenantId: ctx.scope.tenantId, productId, pictureId })
  }

  /** Nothing is asked of the database: whoever knows the ids was shown the picture. */
  const show: ProductHandlers['showPicture'] = async (_, { params: { picture, width } }) => {
    const bytes = await files.read(placeOf(picture), width)
    if (!bytes) throw new Problem(pictureMissing, 'No picture has this address')
    return { bytes: bytes.toString('base64') }
  }

  return { list, upload, change: alter, remove, show, prepare, setImages: change }
}
export type Pictures = ReturnType<typeof createPictures>

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
