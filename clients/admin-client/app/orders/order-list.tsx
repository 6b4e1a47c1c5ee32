import type { Money } from '@prognetwork/contracts'
import { amountText } from '@prognetwork/ui/amount'
import { momentText } from '@prognetwork/ui/moment'
import { memo, type ReactNode, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useLocale, useTranslations } from 'use-intl'
import { orderLooks } from '../parts/order-state.tsx'
import { usePlainLinks } from '../parts/plain-links.ts'
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
  const columns = useMemo(() => columnsIn(parameters), [parameters])
  const words = useWords()
  const follow = usePlainLinks()
  return (
    <Scroll name={t('title')}>
      {/* How many there are in all is not known before the last one is. */}
      <table className="lasting" aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" data-column="reference">
              {t('reference')}
            </th>
            {columns.map((column: OrderColumn & { readonly name: OrderColumnName }) => (
              <Head key={column.name} column={column}>
                {t(column.name)}
              </Head>
            ))}
          </tr>
        </thead>
        <VirtualRows rows={rows} columns={columns.length + 1} nearEnd={more} onClick={follow}>
          {(row, at) => <Row key={row.id} {...{ row, at, home, columns, words }} />}
        </VirtualRows>
      </table>
    </Scroll>
  )
}

function Head({
  column: { name, sort, isNumber },
  children,
}: {
  readonly column: OrderColumn
  readonly children: ReactNode
}) {
  if (sort)
    return (
      <SortHead name={name} sort={sort} usual="placed" isNumber={isNumber ?? false}>
        {children}
      </SortHead>
    )
  return (
    <th scope="col" data-column={name} className={isNumber ? 'number' : undefined}>
      {children}
    </th>
  )
}

/** What cells say, in the reader's language: made once for all rows. */
interface Words {
  readonly stateOf: (state: string) => string
  readonly momentOf: (at: string) => string
  readonly amountOf: (amount: Money) => string
}

function useWords(): Words {
  const locale = useLocale()
  const states = useTranslations('orderStates')
  return useMemo(
    () => ({
      stateOf: (state) => (states.has(state) ? states(state) : state),
      momentOf: (at) => momentText(at, locale),
      amountOf: (amount) => amountText(amount, locale),
    }),
    [locale, states],
  )
}

const cells: Readonly<Record<OrderColumnName, (row: OrderRow, words: Words) => ReactNode>> = {
  state: ({ state }, { stateOf }) => (
    <span className={`state ${orderLooks[state] ?? 'ok'}`}>{stateOf(state)}</span>
  ),
  customer: ({ email }) => email,
  country: ({ country }) => country,
  placed: ({ placedAt }, { momentOf }) => <time dateTime={placedAt}>{momentOf(placedAt)}</time>,
  changed: ({ updatedAt }, { momentOf }) => <time dateTime={updatedAt}>{momentOf(updatedAt)}</time>,
  refunded: ({ refunded }, { amountOf }) => refunded.amountMinor > 0 && amountOf(refunded),
  total: ({ total }, { amountOf }) => amountOf(total),
}
const cellClass: Readonly<Partial<Record<OrderColumnName, string>>> = {
  ...{ placed: 'quiet', changed: 'quiet', refunded: 'number', total: 'number' },
}

const Row = memo(function Row({
  row,
  at,
  home,
  columns,
  words,
}: {
  readonly row: OrderRow
  readonly at: number
  readonly home: string
  readonly columns: readonly { readonly name: OrderColumnName }[]
  readonly words: Words
}) {
  return (
    <tr aria-rowindex={at + 2}>
      <td>
        <a href={`${home}/orders/${row.id}`} className="mono">
          {row.reference}
        </a>
      </td>
      {columns.map(({ name }) => (
        // A browser may write an amount or a moment a little differently.
        <td key={name} className={cellClass[name]} suppressHydrationWarning>
          {cells[name](row, words)}
        </td>
      ))}
    </tr>
  )
})
