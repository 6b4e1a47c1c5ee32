import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { memo, type ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { OrderState } from '../parts/order-state.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { SortHead } from '../parts/sorting.tsx'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { columnsIn, type OrderColumn, type OrderColumnName } from './order-columns.ts'
import type { OrderRow } from './order-row.ts'

/** Orders as far as they are known; asks for more when the end of them is near. */
export function OrderList({
  rows,
  hasMore,
  home,
  more,
}: {
  readonly rows: readonly OrderRow[]
  readonly hasMore: boolean
  readonly home: string
  readonly more: () => void
}) {
  const t = useTranslations('orders')
  const [parameters] = useSearchParams()
  const columns = columnsIn(parameters)
  const shown = columns.map(({ name }) => name).join(' ')
  return (
    <Scroll name={t('title')}>
      {/* How many there are in all is not known before the last one is. */}
      <table aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t('reference')}</th>
            {columns.map((column: OrderColumn & { readonly name: OrderColumnName }) => (
              <Head key={column.name} column={column}>
                {t(column.name)}
              </Head>
            ))}
          </tr>
        </thead>
        <VirtualRows rows={rows} columns={columns.length + 1} nearEnd={more}>
          {(row, at) => <Row key={row.id} row={row} at={at} home={home} shown={shown} />}
        </VirtualRows>
      </table>
    </Scroll>
  )
}

function Head({
  column: { sort, isNumber },
  children,
}: {
  readonly column: OrderColumn
  readonly children: ReactNode
}) {
  if (sort)
    return (
      <SortHead sort={sort} usual="placed" isNumber={isNumber ?? false}>
        {children}
      </SortHead>
    )
  return (
    <th scope="col" className={isNumber ? 'number' : undefined}>
      {children}
    </th>
  )
}

const cells: Readonly<Record<OrderColumnName, (row: OrderRow) => ReactNode>> = {
  state: ({ state }) => (
    <td>
      <OrderState state={state} />
    </td>
  ),
  customer: ({ email }) => <td>{email}</td>,
  country: ({ country }) => <td>{country}</td>,
  placed: ({ placedAt }) => (
    <td className="quiet">
      <Moment at={placedAt} />
    </td>
  ),
  changed: ({ updatedAt }) => (
    <td className="quiet">
      <Moment at={updatedAt} />
    </td>
  ),
  refunded: ({ refunded }) => (
    <td className="number">{refunded.amountMinor > 0 && <Amount of={refunded} />}</td>
  ),
  total: ({ total }) => (
    <td className="number">
      <Amount of={total} />
    </td>
  ),
}

const Row = memo(function Row({
  row,
  at,
  home,
  shown,
}: {
  readonly row: OrderRow
  readonly at: number
  readonly home: string
  /** Names of columns, one text so that it stays the same. */
  readonly shown: string
}) {
  const names = Object.keys(cells).filter((one): one is OrderColumnName => one in cells)
  const chosen = shown.split(' ')
  return (
    <tr aria-rowindex={at + 2}>
      <td>
        <Link to={`${home}/orders/${row.id}`} className="mono">
          {row.reference}
        </Link>
      </td>
      {names
        .filter((name) => chosen.includes(name))
        .map((name) => {
          const Cell = cells[name]
          return <Cell key={name} {...row} />
        })}
    </tr>
  )
})
