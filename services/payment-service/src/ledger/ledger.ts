// Every movement of money as a transfer between two accounts. What is debited is credited, so the
// ledger is balanced at every moment; what it says is compared with what payments say by a test.
import type { Context, Statement } from '@prognetwork/contracts'
import type { paymentContract } from '@prognetwork/contracts/payment'
import {
  type Database,
  type Handlers,
  listPage,
  newId,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { DisputeRow } from '../disputes/disputes.store.ts'
import type { Payment } from '../payments/payments.store.ts'
import { insertTransfer, listTransfersOf, sumBalances, type Transfer } from './ledger.store.ts'

type LedgerHandlers = Handlers<typeof paymentContract>
type Subject = Pick<Payment, 'id' | 'gateway' | 'currency'>

const sales = 'sales'
const refunds = 'refunds'
const disputes = 'disputes'
const fees = 'fees'
const gatewayAccount = (name: string) => `gateway.${name}`

/** Money came from a payer and lies at the gateway. */
export function captured(ctx: Context, payment: Subject, amountMinor: number): Statement {
  const { id, gateway, currency } = payment
  const [debit, credit] = [gatewayAccount(gateway), sales]
  return insertTransfer(newId(), 'capture', debit, credit, amountMinor, currency, id, ctx.now)
}

/** Money went back to the payer from the gateway. */
export function refunded(ctx: Context, payment: Subject, amountMinor: number): Statement {
  const { id, gateway, currency } = payment
  const [debit, credit] = [refunds, gatewayAccount(gateway)]
  return insertTransfer(newId(), 'refund', debit, credit, amountMinor, currency, id, ctx.now)
}

/** Money that went back did not arrive, and lies at the gateway again. */
export function refundReversed(ctx: Context, payment: Subject, amountMinor: number): Statement {
  const { id, gateway, currency } = payment
  const [debit, credit] = [gatewayAccount(gateway), refunds]
  return insertTransfer(
    newId(),
    'refund_reversal',
    debit,
    credit,
    amountMinor,
    currency,
    id,
    ctx.now,
  )
}

type DisputeMoney = Pick<
  DisputeRow,
  'withdrawnMinor' | 'reinstatedMinor' | 'feeMinor' | 'feeCurrency'
>
const none = { withdrawnMinor: 0, reinstatedMinor: 0, feeMinor: 0 }

/** What moved at the gateway by a dispute since it was as before. */
export function moneyOfDispute(
  ctx: Context,
  { id, gateway, currency }: Subject,
  before: DisputeMoney | undefined,
  after: DisputeMoney,
): Statement[] {
  const account = gatewayAccount(gateway)
  const { withdrawnMinor, reinstatedMinor, feeMinor } = before ?? none
  const post = (
    ...[kind, debit, credit, amountMinor, of]: [Transfer['kind'], string, string, number, string]
  ) =>
    amountMinor > 0
      ? [insertTransfer(newId(), kind, debit, credit, amountMinor, of, id, ctx.now)]
      : []
  const fee = after.feeMinor - feeMinor
  const { feeCurrency } = after
  return [
    ...post('dispute', disputes, account, after.withdrawnMinor - withdrawnMinor, currency),
    ...post(
      'dispute_reversal',
      account,
      disputes,
      after.reinstatedMinor - reinstatedMinor,
      currency,
    ),
    ...post('fee', fees, account, fee, feeCurrency),
    ...post('fee_reversal', account, fees, -fee, feeCurrency),
  ]
}

export function createLedger({ db }: { readonly db: Database }) {
  const balances: LedgerHandlers['readBalances'] = async (ctx) => ({
    items: await db.read(ctx, sumBalances()),
  })

  const transfers: LedgerHandlers['listTransfers'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { paymentId = null, limit } = query
    const rows = await db.read(ctx, listTransfersOf(paymentId, before, limit + 1))
    return listPage(rows, limit, (row) => [row.id])
  }

  return { balances, transfers }
}
