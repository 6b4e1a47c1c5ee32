import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import {
  fileUnreadable,
  priceChanged,
  productArchived,
  productCreated,
  productUpdated,
  stockAdjusted,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type EventPublisher,
  newId,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { readValue } from '../attributes/attribute-values.ts'
import { holdAttributes, putValues } from '../attributes/attributes.store.ts'
import { wantPictures } from '../pictures/wanted.store.ts'
import {
  insertCategoryLinks,
  insertProducts,
  insertStocks,
  insertVariants,
  type ProductContent,
  putPrices,
  refreshOffers,
  touchProducts,
  updateProducts,
  updateVariants,
} from '../products/products.store.ts'
import { eventOfChange, told } from '../products/products.ts'
import { insertAdjustments } from '../stock/stock.store.ts'
import { type CategoryPaths, ensurePaths, findPaths, pathKey } from './category-paths.ts'
import {
  findLinks,
  lockBySlug,
  lockVariants,
  planAnew,
  updateStocks,
  vacate,
} from './import.store.ts'
import type { Draft, Lot } from './lots.ts'
import { isSame, type Plan, planLot, type WholeVariant } from './plan.ts'

/** What an import remembers from lot to lot. */
export interface ImportMemory {
  readonly paths: CategoryPaths
  /** Slugs that a trial run would have made. */
  readonly tried: Set<string>
  /** The job that fetches the pictures it names; undefined when they are only linked. */
  readonly jobId: string | undefined
}

export interface LotParts {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
}

const uniqueViolation = '23505'
const foreignKeyViolation = '23503'
const attempts = 3

/**
 * Writes one lot in one transaction, with its events; a trial run writes nothing. Whoever makes
 * the same product at the same moment makes one of the two do it again, and so does whoever
 * removes a category that the lot fills.
 */
export async function writeLot(
  parts: LotParts,
  ctx: Context,
  lot: Lot,
  memory: ImportMemory,
  dryRun: boolean,
): Promise<Plan> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { plan, learnt } = await parts.db.transaction(ctx, (tx) =>
        inTransaction(parts, ctx, tx, lot.drafts, memory, dryRun),
      )
      for (const [path, id] of learnt) memory.paths.set(path, id)
      if (dryRun) for (const { after } of plan.products) memory.tried.add(after.slug)
      return plan
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      const raced =
        error instanceof Raced || code === uniqueViolation || code === foreignKeyViolation
      if (!raced || attempt === attempts) throw error
      // A category that is remembered may have been removed since.
      memory.paths.clear()
    }
  }
}

class Raced extends Error {}

async function inTransaction(
  parts: LotParts,
  ctx: Context,
  tx: Transaction,
  drafts: readonly Draft[],
  memory: ImportMemory,
  dryRun: boolean,
): Promise<{ plan: Plan; learnt: CategoryPaths }> {
  for (const command of planAnew) await tx.run(command())
  const paths = drafts.flatMap(({ rows }) =>
    rows.flatMap((row) => (row.category ? [row.category] : [])),
  )
  const learnt = dryRun
    ? await findPaths(tx, paths, memory.paths)
    : await ensurePaths(tx, paths, memory.paths, ctx.now)
  const idOf = (path: readonly string[]) =>
    learnt.get(pathKey(path)) ?? memory.paths.get(pathKey(path))
  const slugs = drafts.map(({ slug }) => slug)
  const found = await tx.run(lockBySlug(slugs))
  const skus = drafts.flatMap(({ variants }) => variants.flatMap(({ said }) => said.sku ?? []))
  const ids = found.map(({ id }) => id)
  const [variants, links, foundAgain] = await tx.batch([
    lockVariants(ids, skus),
    findLinks(ids),
    lockBySlug(slugs),
  ])
  // Another import made some of them between the looks: their SKUs would seem to be others'.
  if (foundAgain.length !== found.length) throw new Raced()
  const linked = new Set(links.map(({ productId, categoryId }) => `${productId} ${categoryId}`))
  const plan = planLot(
    drafts,
    {
      products: new Map(found.map((one) => [one.slug, one])),
      variants,
      tried: memory.tried,
    },
    (productId, path) => linked.has(`${productId} ${idOf(path)}`),
  )
  if (!dryRun) {
    await tx.batch(await statementsOf(parts, ctx, plan, tx, idOf))
    if (memory.jobId !== undefined && plan.wanted.length > 0)
      await tx.run(wantPictures(plan.wanted, memory.jobId, ctx.now))
  }
  return { plan, learnt }
}

async function statementsOf(
  parts: LotParts,
  ctx: Context,
  plan: Plan,
  tx: Transaction,
  idOf: (path: readonly string[]) => string | undefined,
): Promise<Statement[]> {
  // In one order whatever that of the file is, or two imports would wait for each other.
  const created = plan.products
    .filter((one) => !one.before)
    .map((one) => one.after)
    .sort((one, other) => (one.slug < other.slug ? -1 : 1))
  const changed = plan.products.filter((one) => one.before)
  const added = plan.variants.filter((one) => !one.before).map((one) => one.after)
  const kept = plan.variants.filter((one) => one.before).map((one) => one.after)
  const productIds = [...new Set(plan.variants.map((one) => one.after.productId))]
  const described = plan.products
    .filter(({ before, after }) => !isSame(before?.attributes ?? {}, after.attributes))
    .map((one) => one.after)
  await refuseChanged(tx, described)
  const links = plan.categories.flatMap(({ productId, path }) => {
    const categoryId = idOf(path)
    return categoryId === undefined ? [] : [{ productId, categoryId }]
  })
  if (created.length > 0) await tx.run(insertProducts(created, ctx.now))
  const versions = new Map<string, number>()
  if (changed.length > 0)
    for (const { id, version } of await tx.run(
      updateProducts(
        changed.map((one) => one.after),
        ctx.now,
      ),
    ))
      versions.set(id, version)
  if (plan.touched.length > 0)
    for (const { id, version } of await tx.run(
      touchProducts(
        plan.touched.map((one) => one.id),
        ctx.now,
      ),
    ))
      versions.set(id, version)
  return [
    ...(described.length > 0 ? putValues(described) : []),
    vacate(plan.variants.filter(moves).map((one) => one.after.id)),
    updateVariants(kept, ctx.now),
    insertVariants(added, ctx.now),
    insertStocks(
      added.map(({ id, productId, onHand, policy }) => ({
        variantId: id,
        productId,
        onHand,
        policy,
      })),
    ),
    updateStocks(kept),
    putPrices(plan.variants.flatMap((one) => newPrices(one))),
    insertAdjustments(plan.variants.flatMap((one) => adjustmentOf(ctx, one))),
    insertCategoryLinks(
      links.map((one) => one.productId),
      links.map((one) => one.categoryId),
    ),
    refreshOffers(productIds),
    ...(await toldBy(parts, ctx, plan, created, versions)),
  ]
}

/** The header was read with the attributes as they were then; nobody changes them from here on. */
async function refuseChanged(tx: Transaction, products: readonly ProductContent[]): Promise<void> {
  const keys = [...new Set(products.flatMap((one) => Object.keys(one.attributes)))]
  if (keys.length === 0) return
  const known = new Map((await tx.run(holdAttributes(keys))).map((one) => [one.key, one]))
  for (const { attributes } of products)
    for (const [key, value] of Object.entries(attributes)) {
      const attribute = known.get(key)
      if (!attribute || readValue(attribute, value) !== value)
        throw new Problem(fileUnreadable, `The attribute ${key} was changed meanwhile`)
    }
}

type VariantChange = Plan['variants'][number]

/** Whether a variant gives up what no other may have beside it. */
function moves({ before, after }: VariantChange): boolean {
  return (
    before !== undefined &&
    !(before.sku === after.sku && isSame(before.optionValues, after.optionValues))
  )
}

function newPrices({ before, after }: VariantChange) {
  return after.prices
    .filter(
      (price) =>
        !before?.prices.some(
          (old) =>
            old.currency === price.currency &&
            old.amountMinor === price.amountMinor &&
            old.compareAtMinor === price.compareAtMinor,
        ),
    )
    .map((price) => ({ ...price, variantId: after.id }))
}

function adjustmentOf(ctx: Context, { before, after }: VariantChange) {
  const change = after.onHand - (before?.onHand ?? 0)
  if (change === 0) return []
  return [
    {
      id: newId(),
      variantId: after.id,
      change,
      onHand: after.onHand,
      reason: 'imported' as const,
      note: null,
      madeBy: ctx.principal.subject,
      madeAt: ctx.now,
    },
  ]
}

/** The events of a lot, one statement per type, and its audit row. */
async function toldBy(
  { events, audit }: LotParts,
  ctx: Context,
  plan: Plan,
  created: Plan['touched'],
  versions: ReadonlyMap<string, number>,
): Promise<Statement[]> {
  const changed = [
    ...plan.products.flatMap(({ before, after }) =>
      before ? [{ after, event: eventOfChange(before, after) }] : [],
    ),
    ...plan.touched.map((after) => ({ after, event: productUpdated })),
  ]
  const of = (event: typeof productUpdated | typeof productArchived) =>
    changed
      .filter((one) => one.event === event)
      .map(({ after }) => ({
        data: told(after),
        aggregateVersion: versions.get(after.id) ?? 1,
      }))
  // What a new variant costs and how much there is of it belongs to its making.
  const known = plan.variants.filter((one) => one.before)
  const repriced = known.filter((one) => newPrices(one).length > 0)
  const adjusted = known.flatMap((one) => adjustmentOf(ctx, one))
  return [
    await events.putAll(
      ctx,
      productCreated,
      created.map((one) => ({ data: told(one), aggregateVersion: 1 })),
    ),
    await events.putAll(ctx, productUpdated, of(productUpdated)),
    await events.putAll(ctx, productArchived, of(productArchived)),
    await events.putAll(
      ctx,
      priceChanged,
      repriced.map(({ after }) => ({ data: pricesTold(after) })),
    ),
    await events.putAll(
      ctx,
      stockAdjusted,
      adjusted.map(({ variantId, change, onHand, reason }) => ({
        data: { variantId, change, onHand, reason },
      })),
    ),
    audit(ctx, {
      action: 'catalogue.imported',
      outcome: 'success',
      detail: { created: created.length, updated: changed.length },
    }),
  ]
}

function pricesTold({ id, productId, prices }: WholeVariant) {
  return {
    productId,
    variantId: id,
    prices: prices.map(({ amountMinor, currency }) => ({ amountMinor, currency })),
  }
}
