// The number of an invoice is not taken where an order is paid: all of a tenant would wait there for
// each other. What is paid waits in the order of its moments, and is numbered by the lot; who asks for
// an invoice before has what waits numbered.
import type { Context } from '@prognetwork/contracts'
import { orderPaid } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { onLot } from '@prognetwork/event-based-service-client'
import type { Call, Database, JobContext, PlatformDoor } from '@prognetwork/shared-infrastructure'
import {
  awaitNumbers,
  findNumber,
  giveNumbers,
  type InvoiceNumber,
  listTenantsWaiting,
  listWaiting,
} from './invoices.store.ts'

const lotSize = 500

export function createInvoiceNumbers(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
}) {
  const { db, platform, call } = parts
  const { findTenantSettings } = tenantContract.operations

  /** Numbers the first that wait, and says whether there may be more. */
  async function numberLot(ctx: Context, timezone: string): Promise<boolean> {
    const waiting = await db.read(ctx, listWaiting(lotSize))
    const orderIds = waiting.map(({ orderId }) => orderId)
    const years = waiting.map(({ paidAt }) => yearOf(paidAt, timezone))
    if (waiting.length > 0) await db.batch(ctx, [giveNumbers(orderIds, years)])
    return waiting.length === lotSize
  }

  async function numberAll(ctx: Context, timezone: string): Promise<void> {
    while (await numberLot(ctx, timezone));
  }

  return {
    consumers: [
      onLot(orderPaid, async (lot, tx) => {
        await tx.run(awaitNumbers(lot.map(({ event }) => event.data.orderId)))
      }),
    ],

    /** Nothing when the order never was paid. */
    async of(ctx: Context, orderId: string, timezone: string): Promise<InvoiceNumber | undefined> {
      const [known] = await db.read(ctx, findNumber(orderId))
      if (known) return known
      await db.batch(ctx, [awaitNumbers([orderId])])
      await numberAll(ctx, timezone)
      const [given] = await db.read(ctx, findNumber(orderId))
      return given
    },

    async numberWaiting(job: JobContext): Promise<void> {
      const tenants = await platform.read(
        job.ctx,
        'number the invoices of what was paid',
        listTenantsWaiting(lotSize),
      )
      await job.forEach(tenants, async (ctx) => {
        const { settings } = await call(ctx, findTenantSettings, {})
        await numberAll(ctx, settings.timezone)
      })
    },
  }
}

export type InvoiceNumbers = ReturnType<typeof createInvoiceNumbers>

function yearOf(moment: string, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', calendar: 'gregory' })
  return Number(format.format(new Date(moment)))
}
