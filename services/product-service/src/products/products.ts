import type { Context } from '@prognetwork/contracts'
import {
  categoryMissing,
  productArchived,
  type productContract,
  productCreated,
  productMissing,
  productOutdated,
  productUnfit,
  productUpdated,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { putValues } from '../attributes/attributes.store.ts'
import { valuesGiven } from '../attributes/attributes.ts'
import { branchOf } from '../catalogue/catalogue.ts'
import { findBranch, holdCategories } from '../categories/categories.store.ts'
import { droppedPictures, imageKeys, imagesGiven } from '../pictures/images.ts'
import { deletePictures } from '../pictures/pictures.store.ts'
import type { PictureParts } from '../pictures/pictures.ts'
import { startOfPattern, tsquery, wordsOf } from '../search/search-query.ts'
import { insertFirstCounts } from '../stock/stock.store.ts'
import { safeMarkup, slugOf } from '../text/folding.ts'
import { productTexts } from '../translations/given.ts'
import { productConstraints, refuseContradictions, refuseLanguages } from './product-rules.ts'
import {
  deleteCategoryLinks,
  findKept,
  insertCategoryLinks,
  insertProducts,
  insertStocks,
  insertVariants,
  type KeptProduct,
  listKept,
  lockProduct,
  type ProductContent,
  putPrices,
  refreshOffers,
  updateProducts,
} from './products.store.ts'
import { listTaxClasses } from './tax-classes.store.ts'

type ProductHandlers = Handlers<typeof productContract>

export interface ProductParts {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
}

/** How staff make, change and archive products. */
export function createProducts(parts: PictureParts) {
  const { db, events, audit, files, addresses } = parts

  const list: ProductHandlers['listCatalogue'] = async (ctx, { query }) => {
    const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { status = null, category, q } = query
    const categories =
      category === undefined ? null : branchOf(await db.read(ctx, findBranch(category)))
    const rows = await db.read(
      ctx,
      listKept(
        status,
        tsquery(wordsOf(q), []),
        startOfPattern(q),
        categories,
        before ?? null,
        query.limit + 1,
      ),
    )
    const { items, next } = listPage(rows, query.limit, (row) => [row.id])
    return { items: items.map((row) => addresses.of(ctx, row)), next }
  }

  const read: ProductHandlers['readCatalogueProduct'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findKept(params.productId))
    return addresses.of(ctx, found ?? missing())
  }

  const create: ProductHandlers['createProduct'] = (ctx, { body }) => {
    refuseContradictions(body)
    refuseLanguages('/body', body.translations)
    const { categoryIds, attributes, variants, slug = slugOf(body.title), ...content } = body
    if (slug === '') throw needsSlug()
    const product = {
      ...content,
      id: newId(),
      slug,
      description: safeMarkup(body.description),
      translations: productTexts(body.translations),
    }
    const made = variants.map((variant, at) => ({
      ...variant,
      imageKeys: imageKeys(variant.images, body.images),
      id: newId(),
      productId: product.id,
      position: at + 1,
    }))
    return onConstraint(productConstraints, () =>
      db.transaction(ctx, async (tx) => {
        await refuseUnknown(categoryIds, await tx.run(holdCategories(categoryIds)))
        const values = await valuesGiven(tx, '/body/attributes', attributes)
        await tx.batch([
          insertProducts([{ ...product, attributes: values }], ctx.now),
          ...putValues([{ id: product.id, attributes: values }]),
          insertVariants(made, ctx.now),
          putPrices(
            made.flatMap(({ id, prices }) => prices.map((one) => ({ ...one, variantId: id }))),
          ),
          insertStocks(
            made.map(({ id, onHand, stockPolicy }) => ({
              variantId: id,
              productId: product.id,
              onHand,
              policy: stockPolicy,
            })),
          ),
          insertFirstCounts(made, ctx.principal.subject, ctx.now),
          insertCategoryLinks(
            categoryIds.map(() => product.id),
            categoryIds,
          ),
          refreshOffers([product.id]),
          await events.put(ctx, productCreated, told(product), { aggregateVersion: 1 }),
          audit(ctx, {
            action: 'product.created',
            outcome: 'success',
            resource: `product/${product.id}`,
          }),
        ])
        const [kept] = await tx.run(findKept(product.id))
        if (!kept) throw new Error('the product just made is not there')
        const shown = addresses.of(ctx, kept)
        await tx.run(ctx.answer(shown))
        return shown
      }),
    )
  }

  const change: ProductHandlers['changeProduct'] = async (ctx, { params, body }) => {
    refuseLanguages('/body/changes', body.changes.translations)
    const { kept, dropped } = await onConstraint(productConstraints, () =>
      db.transaction(ctx, async (tx) => {
        const [before] = await tx.run(lockProduct(params.productId))
        const { version, ...content } = before ?? missing()
        if (version !== body.version)
          throw new Problem(productOutdated, `It is at version ${version}; read it again`)
        const { categoryIds, images, attributes, ...changes } = body.changes
        const after = withChanges(content, {
          ...changes,
          images: images && imagesGiven(images, content.images),
          attributes: attributes && (await valuesGiven(tx, '/body/changes/attributes', attributes)),
        })
        const dropped = droppedPictures(content.images, after.images)
        await tx.batch([updateProducts([after], ctx.now), deletePictures(dropped)])
        if (attributes) await tx.batch(putValues([after]))
        if (categoryIds) {
          await refuseUnknown(categoryIds, await tx.run(holdCategories(categoryIds)))
          await tx.batch([
            deleteCategoryLinks([after.id]),
            insertCategoryLinks(
              categoryIds.map(() => after.id),
              categoryIds,
            ),
          ])
        }
        await tx.batch(await tell(ctx, content, after, version + 1))
        const [kept] = await tx.run(findKept(after.id))
        return { kept: kept ?? missing(), dropped }
      }),
    )
    const place = { tenantId: ctx.scope.tenantId, productId: kept.id }
    for (const pictureId of dropped) await files.remove({ ...place, pictureId })
    return addresses.of(ctx, kept)
  }

  async function tell(
    ctx: Context,
    before: ProductContent,
    after: ProductContent,
    aggregateVersion: number,
  ) {
    const event = eventOfChange(before, after)
    return [
      await events.put(ctx, event, told(after), { aggregateVersion }),
      audit(ctx, { action: event.type, outcome: 'success', resource: `product/${after.id}` }),
    ]
  }

  const taxClasses: ProductHandlers['listTaxClassesInUse'] = async (ctx) => ({
    items: await db.read(ctx, listTaxClasses()),
  })

  return { list, read, create, change, taxClasses }
}

/** What events say of a product. */
export function told({ id, slug, status }: Pick<ProductContent, 'id' | 'slug' | 'status'>) {
  return { productId: id, slug, status }
}

/** Archiving is told by its own name. */
export function eventOfChange(
  before: Pick<ProductContent, 'status'>,
  after: Pick<ProductContent, 'status'>,
) {
  const archived = after.status === 'archived' && before.status !== 'archived'
  return archived ? productArchived : productUpdated
}

function withChanges(
  before: ProductContent,
  changes: { [Key in keyof ProductContent]?: ProductContent[Key] | undefined },
): ProductContent {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const { description, translations } = changes
  return {
    ...before,
    ...Object.fromEntries(given),
    ...(description !== undefined && { description: safeMarkup(description) }),
    ...(translations && { translations: productTexts(translations) }),
  }
}

export function missing(): never {
  throw new Problem(productMissing, 'No product has this id')
}

function needsSlug(): Problem {
  return new Problem(productUnfit, 'The title has nothing to make a slug of', {
    errors: [
      { pointer: '/body/slug', expected: 'a slug', detail: 'The title has no letter and no digit' },
    ],
  })
}

function refuseUnknown(
  wanted: KeptProduct['categories'][number]['id'][],
  found: readonly { readonly id: string }[],
): void {
  const known = new Set(found.map((one) => one.id))
  const unknown = wanted.find((id) => !known.has(id))
  if (unknown !== undefined) throw new Problem(categoryMissing, `No category has the id ${unknown}`)
}
