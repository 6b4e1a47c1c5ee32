import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { currency, id, page, pageQuery, timestamp } from '../shapes.ts'

/** `gateway.stripe`, `gateway.sandbox`, `sales`, `refunds`, `disputes`, `fees`. */
const account = z.string()

const balance = z.object({
  account,
  currency,
  debitsMinor: z.int(),
  creditsMinor: z.int(),
  /** Debits less credits; over all accounts of a currency these add up to nothing. */
  balanceMinor: z.int(),
})

export const readBalances = operation('GET', '/v1/ledger/balances', {
  summary: 'What every account of the ledger comes to, by currency',
  auth: { permission: 'payment:ledger:read' },
  reply: { 200: z.object({ items: z.array(balance) }) },
  example: {
    reply: {
      items: [
        {
          ...{ account: 'gateway.sandbox', currency: 'GBP' },
          ...{ debitsMinor: 3_198, creditsMinor: 1_599, balanceMinor: 1_599 },
        },
        {
          ...{ account: 'refunds', currency: 'GBP' },
          ...{ debitsMinor: 1_599, creditsMinor: 0, balanceMinor: 1_599 },
        },
        {
          ...{ account: 'sales', currency: 'GBP' },
          ...{ debitsMinor: 0, creditsMinor: 3_198, balanceMinor: -3_198 },
        },
      ],
    },
  },
})

/** Money that goes from one account to another: what is debited in one is credited in the other. */
const transfer = z.object({
  id: id('ledger_transfer'),
  kind: z.enum([
    'capture',
    'refund',
    'refund_reversal',
    'dispute',
    'dispute_reversal',
    'fee',
    'fee_reversal',
  ]),
  debit: account,
  credit: account,
  amountMinor: z.int(),
  currency,
  paymentId: id('payment'),
  at: timestamp,
})

export const listTransfers = operation('GET', '/v1/ledger/transfers', {
  summary: 'How money moved, newest first',
  auth: { permission: 'payment:ledger:read' },
  query: pageQuery.extend({ paymentId: id('payment').optional() }),
  reply: { 200: page(transfer) },
  example: {
    query: { paymentId: examples.id(20) },
    reply: {
      items: [
        {
          id: examples.id(22),
          kind: 'capture',
          debit: 'gateway.sandbox',
          credit: 'sales',
          amountMinor: 3_198,
          currency: 'GBP',
          paymentId: examples.id(20),
          at: examples.time,
        },
      ],
      next: null,
    },
  },
})
