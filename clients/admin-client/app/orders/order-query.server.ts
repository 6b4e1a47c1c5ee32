import type { CallInput } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { timeRange } from '../parts/time-range.server.ts'
import { orderStates } from './order-states.ts'

const { listOrders } = orderContract.operations
const sorts = ['placed', 'total', 'customer'] as const

/** The orders that the address of a page asks for. */
export function orderQuery(
  asked: URLSearchParams,
  now: string,
): CallInput<typeof listOrders>['query'] {
  const words = asked.get('q')?.trim() ?? ''
  const state = orderStates.find((one) => one === asked.get('state'))
  const sort = sorts.find((one) => one === asked.get('sort'))
  // What holds an @ is an address; people call orders by their reference, in capitals.
  const found = words.includes('@') ? { email: words } : { reference: words.toUpperCase() }
  return {
    ...(words !== '' && found),
    ...(state && { state }),
    ...(asked.get('owed') === 'true' && { isOwedBack: 'true' }),
    ...(sort && { sort }),
    ...(asked.get('order') === 'asc' && { order: 'asc' }),
    ...timeRange(asked, now),
  }
}
