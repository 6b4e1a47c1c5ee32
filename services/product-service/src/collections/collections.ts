import type { Context, Input, Statement, Transaction } from '@prognetwork/contracts'
import {
  collectionMissing,
  collectionOutdated,
  collectionSlugTaken,
  collectionUnfit,
  type productContract,
  productMissing,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  onConstraint,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { lockNumber } from '../settings/numbers.store.ts'
import { slugOf } from '../text/folding.ts'
import { localesFor, nameIn } from '../translations/best-fit.ts'
import { inOrder, repeatedLanguages } from '../translations/given.ts'
import {
  countCollections,
  deleteCollection,
  emptyCollection,
  fillCollection,
  findPublished,
  findWhole,
  holdProducts,
  insertCollection,
  listEveryCollection,
  listPublished,
  lockCollection,
  maxCollections,
  updateCollection,
  type WholeCollection,
} from './collections.store.ts'

type CollectionHandlers = Handlers<typeof productContract>
type NewCollection = Input<typeof productContract.operations.createCollection>['body']

/** Lists of products that staff put together. */
export function createCollections({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const listShown: CollectionHandlers['listCollections'] = async (ctx, { query }) => {
    const locales = localesFor(query.locale)
    const items = await db.read(ctx, listPublished(locales))
    return {
      items: items.map(({ id, slug, ...one }) => ({ id, slug, ...nameIn(one, locales) })),
    }
  }

  const list: CollectionHandlers['listCatalogueCollections'] = async (ctx) => ({
    items: await db.read(ctx, listEveryCollection()),
  })

  const read: CollectionHandlers['readCatalogueCollection'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findWhole(params.collectionId))
    return found ?? missing()
  }

  const tell = (ctx: Context, action: string, id: string) =>
    audit(ctx, { action, outcome: 'success', resource: `collection/${id}` })

  const make = (
    ctx: Context,
    body: NewCollection,
    also: (made: WholeCollection) => Statement[] = () => [],
  ) => {
    const { slug = slugOf(body.name), name, isPublished, productIds } = body
    if (slug === '') throw unfit('/body/slug', 'a slug', 'The name has nothing to make one of')
    refuseRepeated('/body/productIds', productIds)
    refuseLanguages('/body/translations', body.translations)
    const translations = inOrder(body.translations)
    const made: WholeCollection = {
      ...{ id: newId(), version: 1 },
      ...{ slug, name, translations, isPublished, productIds },
    }
    return onConstraint(slugProblem(slug), () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockNumber('collection'))
        const [counted] = await tx.run(countCollections())
        if ((counted?.count ?? 0) >= maxCollections)
          throw unfit('/body', `at most ${maxCollections} collections`, 'There are that many')
        await refuseUnknown(tx, productIds)
        await tx.batch([
          insertCollection(
            ...([made.id, slug, name, isPublished] as const),
            ...([JSON.stringify(translations), ctx.now] as const),
          ),
          fillCollection(made.id, productIds),
          tell(ctx, 'collection.created', made.id),
          ...also(made),
        ])
        return made
      }),
    )
  }

  const create: CollectionHandlers['createCollection'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: CollectionHandlers['changeCollection'] = (ctx, { params, body }) => {
    const { changes } = body
    refuseRepeated('/body/changes/productIds', changes.productIds ?? [])
    refuseLanguages('/body/changes/translations', changes.translations)
    return onConstraint(slugProblem(changes.slug ?? ''), () =>
      db.transaction(ctx, async (tx) => {
        const [before] = await tx.run(lockCollection(params.collectionId))
        const { id, version, ...kept } = before ?? missing()
        if (version !== body.version)
          throw new Problem(collectionOutdated, `It is at version ${version}; read it again`)
        const { slug = kept.slug, name = kept.name, isPublished = kept.isPublished } = changes
        const translations = JSON.stringify(inOrder(changes.translations ?? kept.translations))
        await tx.run(updateCollection(id, slug, name, isPublished, translations, ctx.now))
        if (changes.productIds) {
          await refuseUnknown(tx, changes.productIds)
          await tx.batch([emptyCollection(id), fillCollection(id, changes.productIds)])
        }
        await tx.run(tell(ctx, 'collection.changed', id))
        const [after] = await tx.run(findWhole(id))
        return after ?? missing()
      }),
    )
  }

  const remove: CollectionHandlers['removeCollection'] = (ctx, { params }) =>
    db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteCollection(params.collectionId))
      if (!gone) missing()
      await tx.run(tell(ctx, 'collection.removed', gone.id))
    })

  return { listShown, list, read, make, create, change, remove }
}

/** The id of a collection that shoppers may see; undefined when they named none. */
export async function collectionNamed(
  db: Database,
  ctx: Context,
  slug: string | undefined,
): Promise<string | undefined> {
  if (slug === undefined) return undefined
  const [found] = await db.read(ctx, findPublished(slug))
  if (!found) throw new Problem(collectionMissing, 'No collection has this slug')
  return found.id
}

function slugProblem(slug: string) {
  return {
    collection_slug: () => new Problem(collectionSlugTaken, `Choose another slug than ${slug}`),
  }
}

function missing(): never {
  throw new Problem(collectionMissing, 'No collection has this id')
}

function refuseRepeated(pointer: string, productIds: readonly string[]): void {
  const seen = new Set<string>()
  for (const [at, id] of productIds.entries()) {
    if (seen.has(id)) throw unfit(`${pointer}/${at}`, 'a product named once', `It repeats ${id}`)
    seen.add(id)
  }
}

function refuseLanguages(
  pointer: string,
  translations: WholeCollection['translations'] | undefined,
): void {
  const [error] = repeatedLanguages(pointer, translations)
  if (error) throw unfit(error.pointer, error.expected, error.detail)
}

async function refuseUnknown(tx: Transaction, productIds: readonly string[]): Promise<void> {
  const known = new Set((await tx.run(holdProducts(productIds))).map((one) => one.id))
  const unknown = productIds.find((id) => !known.has(id))
  if (unknown !== undefined) throw new Problem(productMissing, `No product has the id ${unknown}`)
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(collectionUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
