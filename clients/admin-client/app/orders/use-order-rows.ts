import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { useRef, useState } from 'react'
import { useParams } from 'react-router'
import { type OrderRow, orderRow } from './order-row.ts'

export interface OrderPage {
  readonly items: readonly OrderRow[]
  readonly next: string | null
  /** How the operation is asked for it, and for what follows. */
  readonly query: string
}

const perPage = 100

/**
 * The orders of a page, and those after them as they are wanted. When the page is read anew its own are
 * exchanged, and those after them stay: new ones come in before, and none is there twice.
 */
export function useOrderRows(page: OrderPage) {
  const { tenant = '' } = useParams()
  const [known, setKnown] = useState({ page, rows: page.items, next: page.next })
  const [isBroken, setBroken] = useState(false)
  const isAsking = useRef(false)
  if (known.page !== page) setKnown(taken(known, page))

  async function more(): Promise<void> {
    const { next } = known
    if (isAsking.current || next === null) return
    isAsking.current = true
    try {
      const query = new URLSearchParams(page.query)
      query.set('limit', String(perPage))
      query.set('after', next)
      const answer = await fetch(`/t/${tenant}/api/v1/orders?${query}`)
      if (!answer.ok) throw new Error(`${answer.status}`)
      const read: Output<typeof orderContract.operations.listOrders> = await answer.json()
      setKnown((before) => (before.next === next ? joined(before, read) : before))
      setBroken(false)
    } catch {
      setBroken(true)
    } finally {
      isAsking.current = false
    }
  }
  return { rows: known.rows, hasMore: known.next !== null, isBroken, more }
}

interface Known {
  readonly page: OrderPage
  readonly rows: readonly OrderRow[]
  readonly next: string | null
}

function taken({ rows, next }: Known, page: OrderPage): Known {
  const last = page.items.at(-1)?.id
  const at = rows.findIndex(({ id }) => id === last)
  // So much has changed that nothing says where what is known goes on.
  if (at < 0 || page.next === null) return { page, rows: page.items, next: page.next }
  const fresh = new Set(page.items.map(({ id }) => id))
  const later = rows.slice(at + 1).filter(({ id }) => !fresh.has(id))
  return { page, rows: [...page.items, ...later], next: later.length > 0 ? next : page.next }
}

function joined(known: Known, read: Output<typeof orderContract.operations.listOrders>): Known {
  return { ...known, rows: known.rows.concat(read.items.map(orderRow)), next: read.next }
}
