// What a stranger's file is made into: WebP in a few sizes, upright, in sRGB, and without anything that
// is not the picture (places, cameras, thumbnails). The file itself is not kept.
import { pictureTooLarge, pictureUnreadable } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'
import { sizesOf } from './images.ts'

export interface Converted {
  /** Of the picture as it came, upright. */
  readonly width: number
  readonly height: number
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}

export const maxPictureBytes = 20 * 1_048_576
const maxPixels = 50_000_000
/** Its reader holds up to 18 bytes for each of them. */
const maxPixelsOfAvif = 16_000_000
const quality = 82

/** The library costs memory and time, and most processes never see a picture. */
async function loadSharp() {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  // Nothing but these ever looks at a file: SVG is a program, and other readers are for friends.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((one) => `VipsForeignLoad${one}`),
  })
  return sharp
}
let loading: ReturnType<typeof loadSharp> | undefined

/** One picture at a time, because each may need 300 MB for a moment. */
let turn: Promise<unknown> = Promise.resolve()

/** Throws `product.picture_unreadable` or `product.picture_too_large`. */
export function convertPicture(bytes: Uint8Array): Promise<Converted> {
  const converted = turn.then(() => convert(bytes))
  turn = converted.catch(() => {})
  return converted
}

async function convert(bytes: Uint8Array): Promise<Converted> {
  loading ??= loadSharp()
  const sharp = await loading
  try {
    const about = await sharp(bytes, { limitInputPixels: false }).metadata()
    const { width, height } = about.autoOrient
    const isHeif = about.format === 'heif'
    if (isHeif && about.compression !== 'av1') throw unreadable()
    const most = isHeif ? maxPixelsOfAvif : maxPixels
    if (width * height > most)
      throw new Problem(
        pictureTooLarge,
        `It has ${width} x ${height} pixels; at most ${most} are taken`,
      )
    const sizes = sizesOf({ width, height })
    const largest = sizes.at(-1)
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .resize({ width: largest?.width, height: largest?.height, fit: 'fill' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const raw = { width: info.width, height: info.height, channels: info.channels }
    const files = []
    for (const size of sizes) {
      const resized = sharp(data, { raw }).resize(size.width, size.height, { fit: 'fill' })
      files.push({ name: size.name, bytes: await resized.webp({ quality }).toBuffer() })
    }
    return { width, height, files }
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(error)
  }
}

function unreadable(cause?: unknown): Problem {
  return new Problem(
    pictureUnreadable,
    'It must be a whole JPEG, PNG, WebP, GIF or AVIF, whatever its name says',
    { cause },
  )
}
