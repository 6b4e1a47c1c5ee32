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
import type { Payment } from '../payments/payments.store.ts'
import { insertTransfer, listTransfersOf, sumBalances } from './ledger.store.ts'

type LedgerHandlers = Handlers<typeof paymentContract>
type Subject = Pick<Payment, 'id' | 'gateway' | 'currency'>

const sales = 'sales'
const refunds = 'refunds'
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
