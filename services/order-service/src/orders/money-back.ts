// Money that is to go back. It is owed from the commit on that calls an order off, so that nobody
// ships at the same moment what is paid back, and a failure in between only means later.
import type { Context } from '@prognetwork/contracts'
import { paymentContract, paymentRefundFailed } from '@prognetwork/contracts/payment'
import {
  type Call,
  command,
  type Database,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
  statement,
  Unavailable,
} from '@prognetwork/shared-infrastructure'

const lotSize = 100
const retryMs = 30_000
const longestMs = 6 * 60 * 60_000
/** What came back once comes back again, until the payer or staff have done something. */
const cameBackMs = 24 * 60 * 60_000
const otherwise = 'Nothing came of the order'

const insertOwed = command<[paymentId: string, orderId: string, dueAt: string]>(
  'money_back.owe',
  `insert into money_back (payment_id, order_id, due_at) values ($1, $2, $3) on conflict do nothing`,
)
const insertCameBack = command<
  [paymentId: string, orderId: string, dueAt: string, problem: string]
>(
  'money_back.owe_again',
  `insert into money_back (payment_id, order_id, due_at, attempts, problem)
   select $1, $2, $3, 1, $4
   where exists (select from sales_order where id = $2 and state = 'cancelled')
     or exists (select from checkout where order_id = $2 and state = 'failed')
   on conflict (tenant_id, payment_id) do update set due_at = excluded.due_at,
     attempts = greatest(money_back.attempts, 1), problem = excluded.problem`,
)
const listOwed = statement<
  { id: string; reason: string | null; attempts: number; tenantId: string },
  [now: string, limit: number]
>(
  'money_back.list_due',
  `select m.payment_id as id, o.reason, m.attempts, m.tenant_id as "tenantId"
   from money_back m left join sales_order o on o.tenant_id = m.tenant_id and o.id = m.order_id
   where m.due_at <= $1 order by m.due_at limit $2`,
)
const putOff = command<[paymentId: string, until: string]>(
  'money_back.put_off',
  'update money_back set due_at = $2, attempts = attempts + 1 where payment_id = $1',
)
const noteProblem = command<[paymentId: string, problem: string]>(
  'money_back.note_problem',
  'update money_back set problem = $2 where payment_id = $1',
)
const findOwed = statement<
  { attempts: number; problem: string | null; nextAt: string },
  [orderId: string]
>(
  'money_back.find',
  `select attempts, problem, due_at as "nextAt" from money_back where order_id = $1
   order by due_at limit 1`,
)
const settle = command<[paymentId: string]>(
  'money_back.settle',
  'delete from money_back where payment_id = $1',
)
/** Unless it is owed anew: what was given may have come back before this is written. */
const settleTried = command<[paymentId: string, until: string]>(
  'money_back.settle_tried',
  'delete from money_back where payment_id = $1 and due_at = $2',
)

export function createMoneyBack(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
}) {
  const { db, platform, call } = parts
  const { returnPayment } = paymentContract.operations

  /** `until` is when it would be tried again. */
  async function giveBack(
    ctx: Context,
    { paymentId, reason, until }: Record<'paymentId' | 'reason' | 'until', string>,
  ): Promise<void> {
    await call(ctx, returnPayment, { params: { paymentId }, body: { reason } })
    await db.batch(ctx, [settleTried(paymentId, until)])
  }

  return {
    /** For the transaction that calls the order off; the job sees to it. */
    owe: ({ now }: Context, paymentId: string, orderId: string) =>
      insertOwed(paymentId, orderId, now),

    /** The same where `giveNow` follows, to which the job leaves the time. */
    oweAtOnce: ({ now }: Context, paymentId: string, orderId: string) =>
      insertOwed(paymentId, orderId, later(now, retryMs)),

    /** Where nothing came of the order: what was given and came back from the payer's bank. */
    oweAgain: ({ now }: Context, paymentId: string, orderId: string) =>
      insertCameBack(paymentId, orderId, later(now, cameBackMs), paymentRefundFailed.type),

    /** Whoever gave it. */
    isBack: (paymentId: string) => settle(paymentId),

    async owedOf(ctx: Context, orderId: string) {
      const [owed] = await db.read(ctx, findOwed(orderId))
      return owed ?? null
    },

    /** What cannot be given now stays owed. */
    async giveNow(ctx: Context, paymentId: string, reason: string): Promise<void> {
      try {
        await giveBack(ctx, { paymentId, reason, until: later(ctx.now, retryMs) })
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
      await job.forEach(due, async (ctx, { id, reason, attempts }) => {
        const until = later(ctx.now, Math.min(retryMs * 2 ** attempts, longestMs))
        await db.batch(ctx, [putOff(id, until)])
        try {
          await giveBack(ctx, { paymentId: id, reason: reason ?? otherwise, until })
        } catch (error) {
          await db.batch(ctx, [noteProblem(id, codeOf(error))])
          throw error
        }
      })
    },
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.code
  return error instanceof Unavailable ? 'service.unavailable' : 'service.failed'
}

export type MoneyBack = ReturnType<typeof createMoneyBack>
