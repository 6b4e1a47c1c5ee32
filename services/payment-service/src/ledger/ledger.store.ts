import type { Output } from '@prognetwork/contracts'
import type { paymentContract } from '@prognetwork/contracts/payment'
import { command, statement } from '@prognetwork/shared-infrastructure'
import type { ledgerTransfers } from '../tables.ts'

export type Transfer = Omit<typeof ledgerTransfers.$inferSelect, 'tenantId'>
type Balance = Output<typeof paymentContract.operations.readBalances>['items'][number]

export const insertTransfer = command<
  [
    id: string,
    kind: Transfer['kind'],
    debit: string,
    credit: string,
    amountMinor: number,
    currency: string,
    paymentId: string,
    at: string,
  ]
>(
  'ledger_transfer.insert',
  `insert into ledger_transfer (id, kind, debit, credit, amount_minor, currency, payment_id, at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)

/** Sums are made in numeric, and an account that outgrows exact integers is refused, not rounded. */
export const sumBalances = statement<Balance>(
  'ledger_transfer.balances',
  `select account, currency, sum(debit)::bigint as "debitsMinor", sum(credit)::bigint as "creditsMinor",
     (sum(debit) - sum(credit))::bigint as "balanceMinor"
   from (
     select debit as account, currency, amount_minor as debit, 0 as credit from ledger_transfer
     union all
     select credit, currency, 0, amount_minor from ledger_transfer
   ) entry
   group by account, currency order by account, currency`,
)

export const listTransfersOf = statement<
  Transfer,
  [paymentId: string | null, before: string | null, limit: number]
>(
  'ledger_transfer.list',
  `select id, kind, debit, credit, amount_minor as "amountMinor", currency,
     payment_id as "paymentId", at
   from ledger_transfer
   where ($1::uuid is null or payment_id = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)
