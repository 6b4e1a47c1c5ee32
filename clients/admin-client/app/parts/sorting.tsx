import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'

/** The head of a column that a list can be sorted by; by which, and which way round, is in the address. */
export function SortHead({
  name,
  sort,
  usual,
  isNumber = false,
  children,
}: {
  /** Of the column, as styles know it. */
  readonly name: string
  readonly sort: string
  /** What the list is sorted by where the address names nothing: descending. */
  readonly usual: string
  readonly isNumber?: boolean
  readonly children: ReactNode
}) {
  const [parameters] = useSearchParams()
  const isSorted = (parameters.get('sort') ?? usual) === sort
  const isUp = parameters.get('order') === 'asc'
  const to = new URLSearchParams(parameters)
  to.delete('after')
  to.set('sort', sort)
  to.set('order', isSorted && !isUp ? 'asc' : 'desc')
  return (
    <th
      scope="col"
      data-column={name}
      className={isNumber ? 'number' : undefined}
      aria-sort={isSorted ? (isUp ? 'ascending' : 'descending') : undefined}
    >
      <Link to={`?${to}`} className="sort" preventScrollReset>
        {children}
        <span aria-hidden="true">{isSorted && (isUp ? '↑' : '↓')}</span>
      </Link>
    </th>
  )
}
