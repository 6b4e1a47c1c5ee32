// What staff do with returns. That money goes back is decided in one commit and done after it, under the
// id of the return: a second click gives nothing twice, and what was left lying is done by the job.
import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import {
  deductionExceeded,
  type orderContract,
  receiptUnfit,
  returnMissing,
  returnUnfit,
} from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Call,
  type Database,
  type Handlers,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { Moves } from '../orders/order-moves.ts'
import { findOrder, lockOrder } from '../orders/orders.store.ts'
import type { ReturnMove, ReturnMoves } from './return-moves.ts'
import {
  findReturn,
  listClaimed,
  listDueReturns,
  noteReceived,
  type OrderReturn,
  putOffReturn,
  type ReturnState,
} from './returns.store.ts'
import { amountOf, shownReturn } from './shown-return.ts'
import { partOf } from './worth.ts'

type ReturnHandlers = Handlers<typeof orderContract>

const lotSize = 100
const retryMs = 30_000
const service = 'order-service'

interface Step {
  readonly from: readonly ReturnState[]
  readonly move: (found: OrderReturn) => ReturnMove
  /** What goes before it. */
  readonly first?: (found: OrderReturn) => Statement[]
  readonly last?: (tx: Transaction, after: OrderReturn) => Promise<void>
}

export function createReturnSteps(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly call: Call
  readonly platform: PlatformDoor
  readonly moves: ReturnMoves
  readonly orderMoves: Moves
}) {
  const { db, audit, call, platform, moves, orderMoves } = parts
  const { giveRefund } = paymentContract.operations

  /** The return as it stays until the transaction ends. */
  async function hold(tx: Transaction, returnId: string): Promise<OrderReturn> {
    const [known] = await tx.run(findReturn(returnId))
    if (!known) throw new Problem(returnMissing, 'Look at the list of returns')
    await tx.run(lockOrder(known.orderId))
    const [found] = await tx.run(findReturn(returnId))
    return found ?? known
  }

  const step = (ctx: Context, returnId: string, { from, move, first, last }: Step) =>
    db.transaction(ctx, async (tx) => {
      const before = await hold(tx, returnId)
      if (!from.includes(before.state)) throw unfit(before)
      const wanted = move(before)
      if (first) await tx.batch(first(before))
      const after = await moves.move(ctx, tx, before, wanted)
      await last?.(tx, after)
      await tx.batch([
        audit(ctx, {
          action: `order.return_${after.state}`,
          outcome: 'success',
          resource: `order_return/${returnId}`,
          detail: { orderId: after.orderId, reason: wanted.note ?? null },
        }),
      ])
      return after
    })

  const by = (ctx: Context) => ctx.principal.subject

  const approve: ReturnHandlers['approveReturn'] = async (ctx, { params }) => {
    const move = () => ({ to: 'approved' as const, by: by(ctx) })
    return shownReturn(await step(ctx, params.returnId, { from: ['requested'], move }))
  }

  /** Also of what was sent back after all, and is not what it was. */
  const refuse: ReturnHandlers['refuseReturn'] = async (ctx, { params, body }) => {
    const move = () => ({ to: 'refused' as const, by: by(ctx), note: body.reason })
    const from = ['requested', 'approved'] as const
    return shownReturn(await step(ctx, params.returnId, { from, move }))
  }

  const receive: ReturnHandlers['receiveReturn'] = async (ctx, { params, body }) => {
    const after = await step(ctx, params.returnId, {
      from: ['approved'],
      move: () => ({ to: 'received', by: by(ctx) }),
      first: ({ id, lines }) => [noteReceived(id, JSON.stringify(come(lines, body.lines)))],
      last: (tx, { orderId }) => endOrder(ctx, tx, orderId),
    })
    return shownReturn(after)
  }

  /** Once all that was bought is back. */
  async function endOrder(ctx: Context, tx: Transaction, orderId: string): Promise<void> {
    const [[order], claimed] = await tx.batch([findOrder(orderId), listClaimed(orderId)])
    const back = new Map(claimed.map((one) => [one.variantId, one.inHouse]))
    if (order?.lines.every((line) => back.get(line.variantId) === line.quantity))
      await orderMoves.move(ctx, tx, orderId, { to: 'returned', by: by(ctx) })
  }

  const refund: ReturnHandlers['refundReturn'] = async (ctx, { params, body }) => {
    const { returnId } = params
    const { deductionMinor } = body
    const [known] = await db.read(ctx, findReturn(returnId))
    const isDecided = known?.state === 'refunding' || known?.state === 'refunded'
    if (isDecided && known.deductionMinor !== deductionMinor) throw unfit(known)
    if (!isDecided) await decide(ctx, returnId, deductionMinor)
    try {
      await settle(ctx, returnId)
    } catch (error) {
      ctx.log.warn({ error, returnId }, 'What was returned is paid back later')
    }
    const [after] = await db.read(ctx, findReturn(returnId))
    if (!after) throw new Problem(returnMissing, 'Look at the list of returns')
    return shownReturn(after)
  }

  const decide = (ctx: Context, returnId: string, deductionMinor: number) =>
    step(ctx, returnId, {
      from: ['received'],
      move(found) {
        if (deductionMinor > amountOf(found))
          throw new Problem(deductionExceeded, `They have cost ${amountOf(found)}`)
        const dueAt = later(ctx.now, retryMs)
        return { to: 'refunding', by: by(ctx), deductionMinor, dueAt }
      },
    })

  async function give(ctx: Context, found: OrderReturn): Promise<number> {
    const { id: refundId, reason, paymentId, deductionMinor } = found
    const atMostMinor = amountOf(found) - deductionMinor
    if (atMostMinor === 0 || paymentId === null) return 0
    const params = { paymentId, refundId }
    const given = await call(ctx, giveRefund, { params, body: { atMostMinor, reason } })
    return given.amountMinor
  }

  async function settle(ctx: Context, returnId: string): Promise<void> {
    const [found] = await db.read(ctx, findReturn(returnId))
    if (found?.state !== 'refunding') return
    const refundedMinor = await give(ctx, found)
    await db.transaction(ctx, async (tx) => {
      const before = await hold(tx, returnId)
      if (before.state !== 'refunding') return
      await moves.move(ctx, tx, before, { to: 'refunded', by: service, refundedMinor })
    })
  }

  /** Goes on with what was decided and left lying. */
  async function payBack(job: JobContext): Promise<void> {
    const reason = 'pay back what was returned'
    const due = await platform.read(job.ctx, reason, listDueReturns(job.ctx.now, lotSize))
    await job.forEach(due, async (ctx, { id }) => {
      await db.batch(ctx, [putOffReturn(id, later(ctx.now, retryMs))])
      await settle(ctx, id)
    })
  }

  return { approve, refuse, receive, refund, payBack }
}

/** Each line as it has come, and what of it is paid back then. */
function come(
  lines: OrderReturn['lines'],
  said: Parameters<ReturnHandlers['receiveReturn']>[1]['body']['lines'],
) {
  const found = new Map(said.map((one) => [one.variantId, one]))
  const received = lines.flatMap(({ variantId, quantity, amountMinor, taxMinor }) => {
    const one = found.get(variantId)
    if (!one) return []
    const { quantity: count = quantity, restock: restocked } = one
    if (count > quantity) throw receiptWrong(`${quantity} of ${variantId} were to come`)
    const worth = partOf({ quantity, amountMinor, taxMinor }, count)
    return [{ variantId, restocked, received: count, ...worth }]
  })
  if (received.length < lines.length || said.length > lines.length)
    throw receiptWrong('Say of each line of the return what becomes of it')
  if (received.every((one) => one.received === 0))
    throw receiptWrong('Refuse the return if nothing has come')
  return received
}

function receiptWrong(detail: string): Problem {
  return new Problem(receiptUnfit, detail)
}

function unfit({ state }: OrderReturn): Problem {
  return new Problem(returnUnfit, `It is ${state}`)
}
