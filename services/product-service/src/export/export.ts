// The whole catalogue as a file. The job writes it into storage under the job's own id, so that doing
// it twice leaves one file; whoever may export gets an address for it.
import type { Context } from '@prognetwork/contracts'
import {
  catalogueExport,
  exportMissing,
  type productContract,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type Handlers,
  type JobRun,
  later,
  type Parts,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { z } from 'zod'
import { listEveryAttribute } from '../attributes/attributes.store.ts'
import { listEvery } from '../categories/categories.store.ts'
import type { ImageAddresses } from '../pictures/images.ts'
import { type KeptProduct, listKeptAfter } from '../products/products.store.ts'
import { createCsvRows } from './csv-rows.ts'
import { countProducts, listCurrencies, listLanguages } from './export.store.ts'

type ProductHandlers = Handlers<typeof productContract>
type Format = z.output<typeof catalogueExport.input>['format']

const contentTypes = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const
const folder = 'catalogue-exports'
const pageSize = 200
const keptMs = 7 * 24 * 3_600_000
const linkMs = 15 * 60_000

export function createExports(
  parts: Pick<Parts<unknown>, 'jobs' | 'storage'> & {
    readonly db: Database
    readonly audit: Audit
    readonly addresses: ImageAddresses
  },
) {
  const { db, audit, jobs, storage, addresses } = parts

  const begin: ProductHandlers['exportCatalogue'] = async (ctx, { body }) => {
    const { id, statement } = await jobs.submit(ctx, catalogueExport, body)
    const answer = { exportId: id }
    await db.batch(ctx, [
      statement,
      audit(ctx, { action: 'catalogue.exported', outcome: 'success', resource: `job/${id}` }),
      ctx.answer(answer),
    ])
    return answer
  }

  async function* pages(ctx: Context, run: JobRun): AsyncGenerator<readonly KeptProduct[]> {
    const [counted] = await db.read(ctx, countProducts())
    let done = 0
    for (let after: string | null = null; ; ) {
      run.signal.throwIfAborted()
      const page: KeptProduct[] = await db.read(ctx, listKeptAfter(after, pageSize))
      yield page
      done += page.length
      run.progress(done, Math.max(done, counted?.products ?? 0))
      if (page.length < pageSize) return
      after = page.at(-1)?.id ?? null
    }
  }

  /** How a product is written, and what stands before the first. */
  async function writerOf(ctx: Context, format: Format) {
    if (format === 'ndjson')
      return {
        header: '',
        rowsOf: (one: KeptProduct) => `${JSON.stringify(addresses.of(ctx, one))}\n`,
      }
    const [currencies, categories, attributes, languages] = await db.readAll(ctx, [
      listCurrencies(),
      listEvery(),
      listEveryAttribute(),
      listLanguages(),
    ])
    const byId = new Map(categories.map((one) => [one.id, one]))
    const pathOf = (id: string | null): string[] => {
      const category = id === null ? undefined : byId.get(id)
      return category ? [...pathOf(category.parentId), category.name] : []
    }
    return createCsvRows(
      {
        currencies: currencies.map((one) => one.currency),
        attributeKeys: attributes.map((one) => one.key),
        locales: languages.map((one) => one.locale),
      },
      pathOf,
      ({ id }, image) => addresses.show({ tenantId: ctx.scope.tenantId, productId: id }, image).url,
    )
  }

  /** What is older than a week goes when the tenant exports again; ids say when they were made. */
  async function forgetOld({ now, scope: { tenantId } }: Context): Promise<void> {
    const oldest = Date.parse(later(now, -keptMs))
    for await (const path of storage.list(tenantId, `${folder}/`)) {
      const [, id = ''] = path.split('/')
      if (Number.parseInt(id.replace('-', '').slice(0, 12), 16) >= oldest) return
      await storage.delete(tenantId, path)
    }
  }

  return {
    begin,

    async write(ctx: Context, { format }: { format: Format }, run: JobRun) {
      const { tenantId } = ctx.scope
      await forgetOld(ctx)
      let products = 0
      const { header, rowsOf } = await writerOf(ctx, format)
      async function* content(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(header)
        for await (const page of pages(ctx, run)) {
          products += page.length
          yield Buffer.from(page.map(rowsOf).join(''))
        }
      }
      const path = `${folder}/${run.id}/catalogue.${format}`
      const contentType = contentTypes[format]
      const stored = await storage.put(tenantId, path, content(), { contentType })
      return { format, products, ...stored }
    },

    link: (async (ctx, { params: { exportId } }) => {
      const { tenantId } = ctx.scope
      for await (const path of storage.list(tenantId, `${folder}/${exportId}/`)) {
        const head = await storage.head(tenantId, path)
        if (!head) continue
        const { sizeBytes, contentType } = head
        const expiresAt = later(ctx.now, linkMs)
        const until = { expiresAt: new Date(expiresAt), method: 'GET' } as const
        return {
          url: await storage.signUrl(tenantId, path, until),
          expiresAt,
          sizeBytes,
          contentType,
        }
      }
      throw new Problem(exportMissing, 'Look at the job of the same id')
    }) satisfies ProductHandlers['linkExport'],
  }
}
