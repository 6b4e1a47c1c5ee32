// The images of a product as its row has them: in order, each with the picture that is kept of it, the
// address that a tenant gave, or both.
import { pictureWidths } from '@prognetwork/contracts/product'

interface Dimensions {
  readonly width: number
  readonly height: number
}

export interface StoredImage {
  /** Null when it was uploaded. */
  readonly url: string | null
  readonly alt: string | null
  readonly picture?: Dimensions & { readonly id: string }
}

/** Where a picture belongs; whoever knows it may see it. */
export interface PicturePlace {
  readonly tenantId: string
  readonly productId: string
  readonly pictureId: string
}

/** How often a picture may be as high as it is wide before its width shrinks. */
const maxSlope = 4

/** The sizes of a picture, the last one its largest: nothing is made larger than it is. */
export function sizesOf({ width, height }: Dimensions) {
  const sizes = pictureWidths.map((name) => {
    const limit = Number(name)
    const scale = Math.min(1, limit / width, (limit * maxSlope) / height)
    const fitted = (length: number) => Math.max(1, Math.round(length * scale))
    return { name, scale, width: fitted(width), height: fitted(height) }
  })
  const whole = sizes.findIndex((one) => one.scale === 1)
  return whole === -1 ? sizes : sizes.slice(0, whole + 1)
}

const uuidHex = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/

/** Unguessable, because ids are, and the same for as long as the picture is there. */
function tokenOf({ tenantId, productId, pictureId }: PicturePlace): string {
  const hex = [tenantId, productId, pictureId].join('').replaceAll('-', '')
  return Buffer.from(hex, 'hex').toString('base64url')
}

export function placeOf(token: string): PicturePlace {
  const bytes = Buffer.from(token, 'base64url')
  const uuidAt = (start: number) =>
    bytes.toString('hex', start, start + 16).replace(uuidHex, '$1-$2-$3-$4-$5')
  return { tenantId: uuidAt(0), productId: uuidAt(16), pictureId: uuidAt(32) }
}

const ownAddress = /\/api\/v1\/pictures\/([A-Za-z0-9_-]{64})\/\d+$/

/** The image that an address means: the one it was given as, or whose picture it shows. */
export function imageAt(images: readonly StoredImage[], url: string): StoredImage | undefined {
  const [, token] = ownAddress.exec(url) ?? []
  const pictureId = token && placeOf(token).pictureId
  return images.find(
    (one) => one.url === url || (pictureId !== undefined && one.picture?.id === pictureId),
  )
}

/** What a variant remembers of an image: its address as given, else which picture it is. */
function keyOf({ url, picture }: StoredImage): string | undefined {
  return url ?? picture?.id
}

/** What a variant remembers of images at these addresses, each once. */
export function imageKeys(urls: readonly string[], images: readonly StoredImage[]): string[] {
  const keys = urls.flatMap((url) => {
    const found = imageAt(images, url)
    return (found && keyOf(found)) ?? []
  })
  return [...new Set(keys)]
}

/** The images that a variant remembers; those its product gave up are passed over. */
export function imagesOfKeys(
  keys: readonly string[],
  images: readonly StoredImage[],
): StoredImage[] {
  return keys.flatMap((key) => images.find((one) => keyOf(one) === key) ?? [])
}

/** What a tenant wants to be shown from now on; of what there is, nothing is lost but its place. */
export function imagesGiven(
  given: readonly { readonly url: string; readonly alt: string | null }[],
  before: readonly StoredImage[],
): StoredImage[] {
  const known = new Set<StoredImage>()
  return given.flatMap(({ url, alt }) => {
    const found = imageAt(before, url)
    if (!found) return [{ url, alt }]
    if (known.has(found)) return []
    known.add(found)
    return [{ ...found, alt }]
  })
}

/** Pictures that no image shows any more. */
export function droppedPictures(
  before: readonly StoredImage[],
  after: readonly StoredImage[],
): string[] {
  const kept = new Set(after.map((one) => one.picture?.id))
  const dropped = before.flatMap(({ picture }) =>
    picture && !kept.has(picture.id) ? [picture.id] : [],
  )
  return [...new Set(dropped)]
}

interface InTenant {
  readonly scope: { readonly tenantId: string }
}
interface Pictured {
  readonly id: string
  readonly images: readonly StoredImage[]
}

/** Images as people see them, with addresses that any browser can load. */
export function createImageAddresses(publicUrl: string) {
  function show(place: Omit<PicturePlace, 'pictureId'>, { url, alt, picture }: StoredImage) {
    if (!picture) return { url: url ?? '', alt, sizes: [] }
    const address = `${publicUrl}/api/v1/pictures/${tokenOf({ ...place, pictureId: picture.id })}`
    const sizes = sizesOf(picture).map(({ name, width }) => ({ width, url: `${address}/${name}` }))
    return { url: sizes.at(-1)?.url ?? address, alt, sizes }
  }

  function ofVariant<Variant extends { readonly imageKeys: readonly string[] }>(
    { scope: { tenantId } }: InTenant,
    { id: productId, images }: Pictured,
    { imageKeys: keys, ...variant }: Variant,
  ) {
    const shown = imagesOfKeys(keys, images).map((image) => show({ tenantId, productId }, image))
    return { ...variant, images: shown }
  }

  return {
    show,

    ofVariant,

    /** The product with its images so, and those of its variants. */
    of<
      Variant extends { readonly imageKeys: readonly string[] },
      Product extends Pictured & { readonly variants: readonly Variant[] },
    >(ctx: InTenant, product: Product & { readonly variants: readonly Variant[] }) {
      const place = { tenantId: ctx.scope.tenantId, productId: product.id }
      return {
        ...product,
        images: product.images.map((image) => show(place, image)),
        variants: product.variants.map((variant: Variant) => ofVariant(ctx, product, variant)),
      }
    },
  }
}
export type ImageAddresses = ReturnType<typeof createImageAddresses>
