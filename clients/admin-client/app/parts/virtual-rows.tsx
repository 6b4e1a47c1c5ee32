import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react'

/** Rows beyond the window's edges, so that none is missing while it moves. */
const spare = 12
/** The window moves by this many rows before any is exchanged. */
const step = 6
/** Until one has been measured. */
const usualRowPx = 35
const firstShown = 50

/**
 * The body of a table of any length: only the rows at the window are there, and room in place of the
 * others. Before script runs it is the first of them.
 */
export function VirtualRows<Row>({
  rows,
  columns,
  nearEnd,
  onClick,
  children,
}: {
  readonly rows: readonly Row[]
  /** How many there are, for the room in place of rows. */
  readonly columns: number
  /** Told when the last rows are near. */
  readonly nearEnd: () => void
  readonly onClick: (event: MouseEvent<HTMLElement>) => void
  readonly children: (row: Row, at: number) => ReactNode
}) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [rowPx, setRowPx] = useState(usualRowPx)
  const [seen, setSeen] = useState({ first: 0, last: firstShown })
  useEffect(() => {
    let frame = 0
    const look = () => {
      frame = 0
      const table = body.current
      if (!table) return
      const measured = table.querySelector('tr:not([aria-hidden])')?.getBoundingClientRect().height
      const height = measured || usualRowPx
      setRowPx(height)
      const above = -table.getBoundingClientRect().top / height
      const first = Math.max(0, Math.floor(above / step) * step - spare)
      const last = first + Math.ceil(window.innerHeight / height / step) * step + step + 2 * spare
      setSeen((before) =>
        before.first === first && before.last === last ? before : { first, last },
      )
    }
    const wait = () => {
      frame ||= requestAnimationFrame(look)
    }
    look()
    addEventListener('scroll', wait, { passive: true })
    addEventListener('resize', wait)
    return () => {
      cancelAnimationFrame(frame)
      removeEventListener('scroll', wait)
      removeEventListener('resize', wait)
    }
  }, [])
  const last = Math.min(seen.last, rows.length)
  const first = Math.min(seen.first, Math.max(0, rows.length - step))
  const isNearEnd = rows.length - last < 2 * spare
  useEffect(() => {
    if (isNearEnd) nearEnd()
  })
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: clicks of the links in it, which keys make as well
    <tbody ref={body} onClick={onClick}>
      <Room columns={columns} px={first * rowPx} />
      {rows.slice(first, last).map((row, at) => children(row, first + at))}
      <Room columns={columns} px={(rows.length - last) * rowPx} />
    </tbody>
  )
}

function Room({ columns, px }: { readonly columns: number; readonly px: number }) {
  if (px <= 0) return null
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing of it can be focused
    <tr aria-hidden="true" className="room">
      <td colSpan={columns} style={{ height: `${px}px` }} />
    </tr>
  )
}
