import { productContract } from '@prognetwork/contracts/product'
import type { PlatformClient } from '../seed/platform-client.ts'
import { drawProduct, type Subject } from './drawing.ts'

const { uploadPicture } = productContract.operations

/** Enough that the next is drawn and sent while the platform converts one. */
const atOnce = 4
/** A shop shows it no wider, and each width more is a file more that the platform makes. */
const width = 640

/** Draws a picture of each of these products and uploads it. */
export async function givePictures(
  staff: PlatformClient,
  products: readonly (Subject & { readonly id: string; readonly title: string })[],
): Promise<void> {
  const { default: sharp } = await import('sharp')
  const left = products.values()
  const work = async () => {
    for (const { id, title, ...subject } of left) {
      const svg = sharp(Buffer.from(drawProduct(subject))).resize(width)
      const bytes = await svg.webp({ quality: 92, effort: 1 }).toBuffer()
      const place = { params: { productId: id }, query: { alt: title } }
      await staff.send(uploadPicture, 'image/webp', new Uint8Array(bytes), place)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}
