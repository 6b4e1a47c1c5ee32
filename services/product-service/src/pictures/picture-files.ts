// Files of pictures in storage, under names that are known before the rows are written and never used
// again: whoever fails in between leaves files that nothing names, and they go with the next upload.
import { buffer } from 'node:stream/consumers'
import type { Context } from '@prognetwork/contracts'
import { pictureWidths } from '@prognetwork/contracts/product'
import { later, type Parts } from '@prognetwork/shared-infrastructure'
import type { Converted } from './conversion.ts'
import type { PicturePlace } from './images.ts'

const contentType = 'image/webp'
/** Longer than anybody takes between writing files and saying so. */
const abandonedMs = 3_600_000

const folderOf = (productId: string) => `pictures/${productId}`

export function createPictureFiles({ storage }: Pick<Parts<unknown>, 'storage'>) {
  const pathOf = ({ productId, pictureId }: PicturePlace, name: string) =>
    `${folderOf(productId)}/${pictureId}/${name}.webp`

  async function remove(place: PicturePlace): Promise<void> {
    for (const name of pictureWidths) await storage.delete(place.tenantId, pathOf(place, name))
  }

  return {
    remove,

    /** Answers how many bytes they are together. */
    async write(place: PicturePlace, { files }: Converted): Promise<number> {
      let bytes = 0
      for (const file of files) {
        const path = pathOf(place, file.name)
        await storage.put(place.tenantId, path, file.bytes, { contentType })
        bytes += file.bytes.length
      }
      return bytes
    },

    /** In this width, or in the largest that there is. */
    async read(place: PicturePlace, width: string): Promise<Buffer | undefined> {
      const names = pictureWidths.filter((name) => Number(name) <= Number(width)).toReversed()
      for (const name of names) {
        const file = await storage.get(place.tenantId, pathOf(place, name))
        if (file) return buffer(file.stream)
      }
      return undefined
    },

    /** Ids of pictures say when they were begun. */
    async removeAbandoned(
      { now, scope: { tenantId } }: Context,
      productId: string,
      known: ReadonlySet<string>,
    ): Promise<void> {
      const oldest = Date.parse(later(now, -abandonedMs))
      for await (const path of storage.list(tenantId, `${folderOf(productId)}/`)) {
        const [, , pictureId = ''] = path.split('/')
        const begunMs = Number.parseInt(pictureId.replace('-', '').slice(0, 12), 16)
        if (!known.has(pictureId) && begunMs < oldest) await storage.delete(tenantId, path)
      }
    },
  }
}
export type PictureFiles = ReturnType<typeof createPictureFiles>
