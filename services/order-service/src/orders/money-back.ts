// Money that is to go back. It is owed from the commit on that calls an order off, so that nobody
// ships at the same moment what is paid back, and a failure in between only means later. A gateway
// that refuses each time is asked less and less often, and then no more: staff see to it.
import type { Context } from '@prognetwork/contracts'
import { paymentContract, paymentInDispute } from '@prognetwork/contracts/payment'
import {
  type Call,
  type Database,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { insertOwed, listOwed, putOff, refuse, settle } from './money-back.store.ts'
import { noteOnOrder } from './orders.store.ts'

const lotSize = 100
const retryMs = 30_000
const longestPauseMs = 3_600_000
/** The first seven are within an hour, the last some four hours later. */
const mostRefusals = 12
const otherwise = 'Nothing came of the order'
const service = 'order-service'

export function createMoneyBack(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
}) {
  const { db, platform, call } = parts
  const { returnPayment } = paymentContract.operations

  async function giveBack(ctx: Context, paymentId: string, reason: string): Promise<void> {
    await call(ctx, returnPayment, { params: { paymentId }, body: { reason } })
    await db.batch(ctx, [settle(paymentId)])
  }

  /** Who cannot be asked has refused nothing, and what is in dispute may come back to be given. */
  async function noteRefusal(ctx: Context, paymentId: string, error: unknown): Promise<void> {
    if (!(error instanceof Problem) || error.code === paymentInDispute.code) return
    await db.transaction(ctx, async (tx) => {
      const [failed] = await tx.run(refuse(paymentId, mostRefusals, error.message, ctx.now))
      if (!failed) return
      const note = `The money could not be given back: ${error.message}`
      await tx.run(noteOnOrder(failed.orderId, note, service, ctx.now))
    })
  }

  return {
    /** For the transaction that calls the order off; the job sees to it. */
    owe: ({ now }: Context, paymentId: string, orderId: string) =>
      insertOwed(paymentId, orderId, now),

    /** The same where `giveNow` follows, to which the job leaves the time. */
    oweAtOnce: ({ now }: Context, paymentId: string, orderId: string) =>
      insertOwed(paymentId, orderId, later(now, retryMs)),

    /** When the job tries it, where `giveNow` did not. */
    nextAt: ({ now }: Context) => later(now, retryMs),

    /** What cannot be given now stays owed. */
    async giveNow(ctx: Context, paymentId: string, reason: string | null): Promise<void> {
      try {
        await giveBack(ctx, paymentId, reason ?? otherwise)
      } catch (error) {
        ctx.log.warn({ error, paymentId }, 'Money is given back later')
      }
    },

    async payBack(job: JobContext): Promise<void> {
      const due = await platform.read(
        job.ctx,
        'give back the money of orders that were called off',
        listOwed(job.ctx.now, lotSize),
      )
      await job.forEach(due, async (ctx, { id, reason, tries }) => {
        const pauseMs = Math.min(retryMs * 2 ** Math.min(tries, 20), longestPauseMs)
        await db.batch(ctx, [putOff(id, later(ctx.now, pauseMs))])
        try {
          await giveBack(ctx, id, reason ?? otherwise)
        } catch (error) {
          await noteRefusal(ctx, id, error)
          throw error
        }
      })
    },
  }
}

export type MoneyBack = ReturnType<typeof createMoneyBack>
