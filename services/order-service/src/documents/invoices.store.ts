import { command, statement } from '@prognetwork/shared-infrastructure'
import type { invoices } from '../tables.ts'

export interface InvoiceNumber {
  readonly year: number
  readonly number: number
  readonly paidAt: string
}
type Waiting = Pick<typeof invoices.$inferSelect, 'orderId' | 'paidAt'>

/** Those of the orders that were paid, and wait for no number yet, wait for one from now on. */
export const awaitNumbers = command<[orderIds: readonly string[]]>(
  'invoice.await_numbers',
  `insert into invoice (order_id, paid_at)
   select order_id, at from order_change where order_id = any ($1) and state = 'paid' and note is null
   on conflict do nothing`,
)

export const findNumber = statement<InvoiceNumber, [orderId: string]>(
  'invoice.find_number',
  `select year, number, paid_at as "paidAt" from invoice
   where order_id = $1 and number is not null`,
)

export const listWaiting = statement<Waiting, [limit: number]>(
  'invoice.list_waiting',
  `select order_id as "orderId", paid_at as "paidAt" from invoice
   where number is null order by paid_at, order_id limit $1`,
)

export const giveNumbers = command<[orderIds: readonly string[], years: readonly number[]]>(
  'invoice.give_numbers',
  'select number_invoices($1, $2)',
)

export const listTenantsWaiting = statement<{ tenantId: string }, [limit: number]>(
  'invoice.list_tenants_waiting',
  `select distinct tenant_id as "tenantId" from invoice where number is null limit $1`,
)
