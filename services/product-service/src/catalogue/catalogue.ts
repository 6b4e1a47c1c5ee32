import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  categoryMissing,
  type productContract,
  productMissing,
} from '@prognetwork/contracts/product'
import {
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { findBranch } from '../categories/categories.store.ts'
import { collectionNamed } from '../collections/collections.ts'
import type { ImageAddresses } from '../pictures/images.ts'
import { shopperOf } from '../price-lists/shopper.ts'
import type { TenantCurrency } from '../settings/tenant-currency.ts'
import { localesFor } from '../translations/best-fit.ts'
import { productIn, titleIn } from '../translations/product-texts.ts'
import {
  type CardRow,
  findProductById,
  findProductBySlug,
  type ListPosition,
  listCards,
} from './catalogue.store.ts'

type Operations = typeof productContract.operations
type CatalogueHandlers = Handlers<typeof productContract>
type Card = Output<Operations['listProducts']>['items'][number]

/** Besides those that are asked for: as the staff of a collection ordered it. */
export type ListOrder =
  | NonNullable<Input<Operations['listProducts']>['query']['sort']>
  | 'collection'

const uuid = z.uuid()
/** Where a page ended, by what its order sorts. */
const positions: Readonly<Record<ListOrder, z.ZodType<ListPosition>>> = {
  newest: z.tuple([z.null(), uuid]),
  title: z.tuple([z.string().max(1_000), uuid]),
  price: z.tuple([z.int(), uuid]),
  '-price': z.tuple([z.int(), uuid]),
  collection: z.tuple([z.int(), uuid]),
}

/** What shoppers read: products on sale, one by one and page by page. */
export function createCatalogue(parts: {
  readonly db: Database
  readonly currency: TenantCurrency
  readonly addresses: ImageAddresses
}) {
  const { db, currency: tenantCurrency, addresses } = parts

  const list: CatalogueHandlers['listProducts'] = async (ctx, { query }) => {
    const { category, collection, vendor, type, limit } = query
    const sort = query.sort ?? (collection === undefined ? 'newest' : 'collection')
    const currency = query.currency ?? (await tenantCurrency.of(ctx))
    const after = readCursor(query.after, positions[sort])
    const categoryIds =
      category === undefined ? undefined : branchOf(await db.read(ctx, findBranch(category)))
    const collectionId = await collectionNamed(db, ctx, collection)
    const rows = await db.read(
      ctx,
      listCards(
        sort,
        { categoryIds, collectionId, vendor, type },
        { currency, after, limit: limit + 1, shopper: shopperOf(ctx) },
      ),
    )
    const page = listPage(rows, limit, (row) => [sortValue(sort, row), row.id])
    const locales = localesFor(query.locale)
    const items = page.items.map((row) => asCard(ctx, row, { currency, addresses, locales }))
    return { items, next: page.next }
  }

  const read: CatalogueHandlers['readProduct'] = async (ctx, { params, query }) => {
    const locales = localesFor(query.locale)
    const isId = uuid.safeParse(params.product).success
    const [found] = await db.read(
      ctx,
      (isId ? findProductById : findProductBySlug)(params.product, ...shopperOf(ctx), locales),
    )
    if (!found) throw new Problem(productMissing, 'Nothing on sale has this id or slug')
    return addresses.of(ctx, productIn(found, locales))
  }

  return { list, read }
}

/** The ids of a category and of all below it. Throws when there is none. */
export function branchOf(rows: readonly { readonly id: string }[]): string[] {
  if (rows.length === 0) throw new Problem(categoryMissing, 'No category has this slug')
  return rows.map((row) => row.id)
}

function sortValue(sort: ListOrder, row: CardRow): string | number | null {
  if (sort === 'newest') return null
  if (sort === 'collection') return row.position ?? null
  return sort === 'title' ? row.titleKey : row.fromMinor
}

export function asCard(
  ctx: Context,
  row: CardRow,
  {
    currency,
    addresses,
    locales,
  }: {
    readonly currency: string
    readonly addresses: ImageAddresses
    readonly locales: readonly string[]
  },
): Card {
  const { id, slug, vendor, type, rating, available } = row
  const place = { tenantId: ctx.scope.tenantId, productId: id }
  const image = row.image && addresses.show(place, row.image)
  const { fromMinor, toMinor, compareAtMinor } = row
  const price =
    fromMinor === null || toMinor === null
      ? null
      : {
          from: { amountMinor: fromMinor, currency },
          to: { amountMinor: toMinor, currency },
          compareAtMinor,
        }
  return { id, slug, ...titleIn(row, locales), vendor, type, image, rating, price, available }
}
