// Orders whose payment was not known when they were placed: what the gateway says later, and what
// becomes of them when it says nothing.
import type { Context } from '@prognetwork/contracts'
import {
  paymentCaptured,
  paymentContract,
  paymentFailed,
  paymentUnfit,
} from '@prognetwork/contracts/payment'
import { on } from '@prognetwork/event-based-service-client'
import {
  type Call,
  command,
  type Database,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import type { Moves } from './order-moves.ts'
import { findByPayment, listAwaiting } from './orders.store.ts'

const lotSize = 100
const retryMs = 30_000
const service = 'order-service'

const oweMoney = command<[paymentId: string, orderId: string, now: string]>(
  'money_back.owe',
  `insert into money_back (payment_id, order_id, due_at) values ($1, $2, $3) on conflict do nothing`,
)
const listOwed = statement<{ paymentId: string; tenantId: string }, [now: string, limit: number]>(
  'money_back.list_due',
  `select payment_id as "paymentId", tenant_id as "tenantId" from money_back
   where due_at <= $1 order by due_at limit $2`,
)
const putOff = command<[paymentId: string, until: string]>(
  'money_back.put_off',
  'update money_back set due_at = $2 where payment_id = $1',
)
const settle = command<[paymentId: string]>(
  'money_back.settle',
  'delete from money_back where payment_id = $1',
)

export function createPaymentOutcomes(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
  readonly moves: Moves
  readonly paymentMinutes: number
}) {
  const { db, platform, call, moves, paymentMinutes } = parts
  const { voidPayment, returnPayment } = paymentContract.operations

  const consumers = [
    on(paymentCaptured, async (ctx, { data: { paymentId } }, tx) => {
      const [order] = await tx.run(findByPayment(paymentId))
      // An order that is not there yet is written with what its checkout was told of the payment.
      if (!order) return
      if (order.state === 'cancelled') await tx.run(oweMoney(paymentId, order.id, ctx.now))
      else await moves.move(ctx, tx, order.id, { to: 'paid', by: service })
    }),
    on(paymentFailed, async (ctx, { data: { paymentId, reason } }, tx) => {
      const [order] = await tx.run(findByPayment(paymentId))
      if (order?.state !== 'awaiting_payment') return
      const why = `The payment failed: ${reason}`
      await moves.move(ctx, tx, order.id, { to: 'cancelled', by: service, reason: why })
    }),
  ]

  const moveAlone = (ctx: Context, orderId: string, to: 'paid' | 'cancelled', reason?: string) =>
    db.transaction(ctx, (tx) =>
      moves.move(ctx, tx, orderId, { to, by: service, ...(reason !== undefined && { reason }) }),
    )

  /** What cannot be let go was taken after all. */
  async function expireOne(ctx: Context, orderId: string, paymentId: string): Promise<void> {
    try {
      await call(ctx, voidPayment, { params: { paymentId } })
    } catch (error) {
      if (!(error instanceof Problem && error.code === paymentUnfit.code)) throw error
      await moveAlone(ctx, orderId, 'paid')
      return
    }
    await moveAlone(ctx, orderId, 'cancelled', 'The payment was not made in time')
  }

  async function forEach<Row extends { readonly tenantId: string }>(
    job: JobContext,
    rows: readonly Row[],
    work: (ctx: Context, row: Row) => Promise<void>,
  ): Promise<void> {
    for (const row of rows) {
      try {
        await work(job.forTenant(row.tenantId), row)
      } catch (error) {
        job.log.warn({ error, ...row }, 'It is tried again later')
      }
    }
  }

  return {
    consumers,

    /** Calls off what nobody paid for. */
    async expire(job: JobContext): Promise<void> {
      const before = later(job.ctx.now, -paymentMinutes * 60_000)
      const due = await platform.read(
        job.ctx,
        'call off orders that nobody paid for',
        listAwaiting(before, lotSize),
      )
      await forEach(job, due, async (ctx, { id, paymentId }) => {
        if (paymentId !== null) await expireOne(ctx, id, paymentId)
      })
    },

    /** Gives back what came for orders that were called off before. */
    async payBack(job: JobContext): Promise<void> {
      const due = await platform.read(
        job.ctx,
        'give back money that came too late',
        listOwed(job.ctx.now, lotSize),
      )
      await forEach(job, due, async (ctx, { paymentId }) => {
        await db.batch(ctx, [putOff(paymentId, later(ctx.now, retryMs))])
        const body = { reason: 'The order had been called off' }
        await call(ctx, returnPayment, { params: { paymentId }, body })
        await db.batch(ctx, [settle(paymentId)])
      })
    },
  }
}
