// What shoppers may want besides. It is counted and compared by a job: what was sold and what was
// changed only leaves a note in the transaction that it is told by.
import type { Transaction } from '@prognetwork/contracts'
import {
  productArchived,
  type productContract,
  productCreated,
  productMissing,
  productUpdated,
} from '@prognetwork/contracts/product'
import { onLot } from '@prognetwork/event-based-service-client'
import {
  type Database,
  type Handlers,
  type JobContext,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { asCard } from '../catalogue/catalogue.ts'
import type { ImageAddresses } from '../pictures/images.ts'
import { shopperOf } from '../price-lists/shopper.ts'
import type { TenantCurrency } from '../settings/tenant-currency.ts'
import { localesFor } from '../translations/best-fit.ts'
import {
  compareProducts,
  countSales,
  type Kind,
  listWaiting,
  noteChanged,
  recommendById,
  recommendBySlug,
} from './recommendations.store.ts'

/** A transaction counts so many orders or compares so many products. */
const salesLot = 1_000
const productsLot = 100
/** So many lots of each in one pass, so that no tenant holds up the others; the next pass goes on. */
const lotsPerPass = 10

export function createRecommendations(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly currency: TenantCurrency
  readonly addresses: ImageAddresses
}) {
  const { db, platform, currency: tenantCurrency, addresses } = parts

  const read: Handlers<typeof productContract>['readRecommendations'] = async (
    ctx,
    { params: { product }, query },
  ) => {
    const { limit, currency = await tenantCurrency.of(ctx) } = query
    const find = z.uuid().safeParse(product).success ? recommendById : recommendBySlug
    const rows = await db.read(ctx, find(product, currency, limit, ...shopperOf(ctx)))
    if (rows.length === 0) throw new Problem(productMissing, 'Nothing on sale has this id or slug')
    const reader = { currency, addresses, locales: localesFor(query.locale) }
    const of = (kind: Kind) =>
      rows.flatMap((row) => (row.kind === kind ? [asCard(ctx, row, reader)] : []))
    return {
      boughtTogether: of('boughtTogether'),
      similar: of('similar'),
      popular: of('popular'),
    }
  }

  async function rebuild(job: JobContext): Promise<void> {
    const tenants = await platform.read(job.ctx, 'rebuild recommendations', listWaiting())
    await job.forEach(tenants, async (ctx) => {
      await inLots(salesLot, () => db.batch(ctx, [countSales(salesLot)]))
      await inLots(productsLot, () => db.batch(ctx, [compareProducts(productsLot)]))
    })
  }

  const note = (
    lot: readonly { readonly event: { readonly data: { readonly productId: string } } }[],
    tx: Transaction,
  ) => tx.run(noteChanged(lot.map(({ event }) => event.data.productId)))

  return {
    read,
    rebuild,
    consumers: [
      onLot(productCreated, note),
      onLot(productUpdated, note),
      onLot(productArchived, note),
    ],
  }
}

/** Lot after lot, until one was not full. */
async function inLots(
  size: number,
  work: () => Promise<readonly [readonly { readonly done: number }[]]>,
): Promise<void> {
  for (let lots = 0; lots < lotsPerPass; lots++) {
    const [[counted]] = await work()
    if (counted?.done !== size) return
  }
}
