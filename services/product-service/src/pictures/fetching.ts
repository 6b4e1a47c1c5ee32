// The pictures that a product list named, fetched from where a tenant said: strangers' servers, asked
// through the guard and for so long only. What each address came to stands beside it, in the commit
// that gives the product its pictures, so the job may be begun anew at any moment.
import type { Context, Transaction } from '@prognetwork/contracts'
import type { pictureFetch } from '@prognetwork/contracts/product'
import {
  type Database,
  type JobRun,
  later,
  OutsideRefused,
  type OutsideRequests,
  outsideFailure,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { z } from 'zod'
import { lockProduct } from '../products/products.store.ts'
import { maxPictureBytes } from './conversion.ts'
import type { StoredImage } from './images.ts'
import { findImages, findPictureLike, insertPictures } from './pictures.store.ts'
import { type Pictures, sha256Of } from './pictures.ts'
import {
  countWanted,
  endWanted,
  forgetWanted,
  listFailed,
  listWanted,
  type WantedEnd,
  type WantedPicture,
} from './wanted.store.ts'

type Prepared = Awaited<ReturnType<Pictures['prepare']>>
/** What an address brought: a picture that nothing names yet, or why there is none. */
type Brought = { readonly wanted: WantedPicture } & (
  | { readonly prepared: Prepared }
  | { readonly end: WantedEnd }
)

const timeoutMs = 20_000
const readAtOnce = 100
/** Products whose pictures are fetched at the same time. */
const productsAtOnce = 4
const toldFailures = 100
const keptMs = 7 * 24 * 3_600_000
const headers = {
  accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
  'user-agent': 'ProgNetwork-Pictures',
}

export function createFetching(parts: {
  readonly db: Database
  readonly outside: Pick<OutsideRequests, 'send'>
  readonly pictures: Pick<Pictures, 'prepare' | 'setImages'>
}) {
  const { db, outside, pictures } = parts

  /** Throws when the job is to end, or when it is our fault. */
  async function bring(ctx: Context, wanted: WantedPicture, { signal }: JobRun): Promise<Brought> {
    const { url, productId } = wanted
    const failed = (reason: string) => ({
      wanted,
      end: { productId, url, state: 'failed' as const, reason },
    })
    const asked = { url, method: 'GET' as const, headers, timeoutMs, signal }
    const reply = await outside
      .send({ ...asked, maxReplyBytes: maxPictureBytes })
      .catch((error: unknown) => {
        signal.throwIfAborted()
        if (!(error instanceof OutsideRefused)) ctx.log.debug({ error, url }, 'No picture came')
        return outsideFailure(error)
      })
    if (typeof reply === 'string') return failed(reply)
    signal.throwIfAborted()
    if (reply.status !== 200) return failed(`It answered with status ${reply.status}`)
    if (!reply.isWhole) return failed('It is larger than 20 MB, or did not come whole')
    try {
      const sha256 = sha256Of(reply.body)
      return { wanted, prepared: await pictures.prepare(ctx, productId, reply.body, sha256) }
    } catch (error) {
      if (error instanceof Problem) return failed(error.message)
      throw error
    }
  }

  /** Under the product's lock: whoever kept or removed it meanwhile was first. */
  async function keep(
    tx: Transaction,
    { wanted, prepared }: { readonly wanted: WantedPicture; readonly prepared: Prepared },
    images: readonly StoredImage[],
  ) {
    const { productId, url } = wanted
    const at = images.findIndex((one) => one.url === url)
    const image = images[at]
    if (!image)
      return { images, end: endOf(wanted, 'failed', 'The product does not name it any more') }
    if (image.picture) return { images, end: endOf(wanted, 'kept', null) }
    const [like] = await tx.run(findPictureLike(productId, prepared.row.sha256))
    const row = like ?? { ...prepared.row, sourceUrl: url }
    if (!like) await tx.run(insertPictures([row]))
    const { id, width, height } = row
    const picture = { id, width, height }
    return { images: images.with(at, { ...image, picture }), end: endOf(wanted, 'kept', null) }
  }

  async function ofProduct(ctx: Context, rows: readonly WantedPicture[], run: JobRun) {
    const [{ productId = '' } = {}] = rows
    const [before] = await db.read(ctx, findImages(productId))
    const brought: Brought[] = []
    // As soon as a commit may have named them, files stay.
    const named = new Set<string>()
    try {
      for (const wanted of rows) {
        const image = before?.images.find((one) => one.url === wanted.url)
        brought.push(
          image?.picture
            ? { wanted, end: endOf(wanted, 'kept', null) }
            : await bring(ctx, wanted, run),
        )
      }
      await db.transaction(ctx, async (tx) => {
        const [product] = await tx.run(lockProduct(productId))
        if (!product) throw new Error('a product that wants pictures is gone')
        let images: readonly StoredImage[] = product.images
        const ends: WantedEnd[] = []
        for (const one of brought) {
          const next = 'prepared' in one ? await keep(tx, one, images) : { images, end: one.end }
          images = next.images
          ends.push(next.end)
        }
        if (images !== product.images)
          await pictures.setImages(ctx, tx, productId, images, 'picture.fetched')
        await tx.run(endWanted(ends, run.id))
        for (const { picture } of images) if (picture) named.add(picture.id)
      })
    } finally {
      for (const one of brought)
        if ('prepared' in one && !named.has(one.prepared.row.id)) await one.prepared.discard()
    }
  }

  async function resultOf(
    ctx: Context,
    jobId: string,
  ): Promise<z.input<typeof pictureFetch.result>> {
    const [[counted], failures] = await db.readAll(ctx, [
      countWanted(jobId),
      listFailed(jobId, toldFailures),
    ])
    return { kept: counted?.kept ?? 0, failed: counted?.failed ?? 0, failures }
  }

  return {
    async run(ctx: Context, _: object, run: JobRun) {
      await db.batch(ctx, [forgetWanted(later(ctx.now, -keptMs))])
      for (;;) {
        run.signal.throwIfAborted()
        const [[counted], rows] = await db.readAll(ctx, [
          countWanted(run.id),
          listWanted(run.id, readAtOnce),
        ])
        const { wanted = 0, kept = 0, failed = 0 } = counted ?? {}
        run.progress(kept + failed, wanted + kept + failed)
        if (rows.length === 0) return resultOf(ctx, run.id)
        const products = Map.groupBy(rows, (one) => one.productId).values()
        const worker = async () => {
          for (const own of products) await ofProduct(ctx, own, run)
        }
        await allEnded(Array.from({ length: productsAtOnce }, worker))
      }
    },
  }
}

function endOf(
  { productId, url }: WantedPicture,
  state: WantedEnd['state'],
  reason: string | null,
): WantedEnd {
  return { productId, url, state, reason }
}

/** Throws what the first of them threw, once all have ended: none goes on behind the job's back. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(work)
  const failure = ends.find((one) => one.status === 'rejected')
  if (failure) throw failure.reason
}
