// The list of orders, sorted by one of a few values and then by id, so that it goes on where it was left.
import type { Statement } from '@prognetwork/contracts'
import { dynamicStatement } from '@prognetwork/shared-infrastructure'
import { type Order, orderColumns } from './orders.store.ts'

/** Each has an index. */
const columns = { placed: 'o.placed_at', total: 'o.total_minor', customer: 'o.email' } as const

export interface OrderSorting {
  readonly sort: keyof typeof columns
  readonly order: 'asc' | 'desc'
}

export interface OrderFilter {
  readonly state?: Order['state'] | undefined
  readonly email?: string | undefined
  readonly reference?: string | undefined
  readonly accountId?: string | undefined
  readonly isOwedBack?: boolean | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** What the last order of the page before is sorted by, and its id. */
export type OrderPlace = readonly [value: string | number, id: string]

export function placeOf({ sort }: OrderSorting, row: Order): OrderPlace {
  const values = { placed: row.placedAt, total: row.totalMinor, customer: row.email }
  return [values[sort], row.id]
}

export function listOrdersOf(
  filter: OrderFilter,
  { sort, order }: OrderSorting,
  after: OrderPlace | undefined,
  limit: number,
): Statement<Order> {
  const values: unknown[] = []
  const given = (value: unknown) => `$${values.push(value)}`
  const fits = (
    [
      ['o.state =', filter.state],
      ['o.email =', filter.email],
      ['o.reference =', filter.reference],
      ['o.account_id =', filter.accountId],
      ['o.placed_at >=', filter.from],
      ['o.placed_at <', filter.to],
    ] as const
  ).flatMap(([condition, value]) => (value === undefined ? [] : `${condition} ${given(value)}`))
  if (filter.isOwedBack !== undefined)
    fits.push(`o.id ${filter.isOwedBack ? '' : 'not '}in (select m.order_id from money_back m)`)
  const column = columns[sort]
  if (after) {
    const sign = order === 'desc' ? '<' : '>'
    fits.push(`(${column}, o.id) ${sign} (${given(after[0])}, ${given(after[1])})`)
  }
  return dynamicStatement(
    `select ${orderColumns} from sales_order o
     where ${['true', ...fits].join(' and ')}
     order by ${column} ${order}, o.id ${order} limit ${given(limit)}`,
    values,
  )
}
