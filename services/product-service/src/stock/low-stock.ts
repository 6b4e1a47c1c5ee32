// Told by looking, and not by whoever sells: a sale costs nothing more, and of what falls, rises and falls
// again within one look the last is told.
import { type productContract, stockLow, variantMissing } from '@prognetwork/contracts/product'
import {
  type Handlers,
  type JobContext,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { ProductParts } from '../products/products.ts'
import { deleteThreshold, listChanged, noteChanged, putThreshold } from './low-stock.store.ts'
import { findStock } from './stock.store.ts'

export function createLowStock(parts: ProductParts & { readonly platform: PlatformDoor }) {
  const { db, platform, events, audit } = parts

  const set: Handlers<typeof productContract>['setThreshold'] = (
    ctx,
    { params: { variantId }, body: { below } },
  ) =>
    db.transaction(ctx, async (tx) => {
      if (below === null) await tx.run(deleteThreshold(variantId))
      const [found] =
        below === null
          ? await tx.run(findStock(variantId))
          : await tx.run(putThreshold(variantId, below))
      if (!found) throw new Problem(variantMissing, 'No variant has this id')
      await tx.run(
        audit(ctx, {
          action: 'stock.threshold_set',
          outcome: 'success',
          resource: `variant/${variantId}`,
          detail: { below },
        }),
      )
      return { variantId, below }
    })

  async function tell(job: JobContext): Promise<void> {
    const tenants = await platform.read(job.ctx, 'find low stock', listChanged())
    await job.forEach(tenants, (ctx) =>
      db.transaction(ctx, async (tx) => {
        const facts = (await tx.run(noteChanged()))
          .filter((one) => one.isLow)
          .map(({ variantId, available, below }) => ({ data: { variantId, available, below } }))
        await tx.run(await events.putAll(ctx, stockLow, facts))
      }),
    )
  }

  return { set, tell }
}
