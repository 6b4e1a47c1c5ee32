import { command, statement } from '@prognetwork/shared-infrastructure'
import type { ProductContent } from '../products/products.store.ts'
import type { pictures } from '../tables.ts'
import type { StoredImage } from './images.ts'

/** What is kept of a picture. */
export type PictureRow = Omit<typeof pictures.$inferSelect, 'tenantId'>

const columns = `id, product_id as "productId", sha256, source_url as "sourceUrl", width, height,
  size_bytes as "sizeBytes", created_at as "createdAt"`

export const listPicturesOf = statement<PictureRow, [productId: string]>(
  'picture.list',
  `select ${columns} from picture where product_id = $1`,
)

export const findPicture = statement<PictureRow, [id: string]>(
  'picture.find',
  `select ${columns} from picture where id = $1`,
)

export const findPictureLike = statement<PictureRow, [productId: string, sha256: string]>(
  'picture.find_like',
  `select ${columns} from picture where product_id = $1 and sha256 = $2`,
)

export const findImages = statement<{ images: StoredImage[] }, [productId: string]>(
  'picture.find_images',
  'select images from product where id = $1',
)

const insertMany = command<[records: string]>(
  'picture.insert_many',
  `insert into picture (id, product_id, sha256, source_url, width, height, size_bytes, created_at)
   select r.id, r."productId", r.sha256, r."sourceUrl", r.width, r.height, r."sizeBytes",
     r."createdAt"
   from jsonb_to_recordset($1::jsonb) as r (id uuid, "productId" uuid, sha256 text,
     "sourceUrl" text, width integer, height integer, "sizeBytes" integer,
     "createdAt" timestamptz)`,
)

export function insertPictures(rows: readonly PictureRow[]) {
  return insertMany(JSON.stringify(rows))
}

export const deletePictures = command<[ids: readonly string[]]>(
  'picture.delete',
  'delete from picture where id = any ($1)',
)

const writeImages = statement<
  Pick<ProductContent, 'id' | 'slug' | 'status'> & { version: number },
  [productId: string, images: string, now: string]
>(
  'picture.set_images',
  `update product set images = $2::jsonb, version = version + 1, updated_at = $3 where id = $1
   returning id, slug, status, version`,
)

export function setImages(productId: string, images: readonly StoredImage[], now: string) {
  return writeImages(productId, JSON.stringify(images), now)
}
