import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { useMay } from './may.ts'

/** To a trace, by its id or by a `traceparent` that names it (W3C Trace Context, 3.2). */
export function TraceLink({
  of,
  children,
}: {
  readonly of: string | null | undefined
  readonly children: ReactNode
}) {
  const { tenant = '' } = useParams()
  const may = useMay()
  const traceId = of?.includes('-') ? of.split('-')[1] : of
  if (!traceId || !may('monitoring:trace:read')) return children
  return <Link to={`/t/${tenant}/traces/${traceId}`}>{children}</Link>
}

/** To everything that was done for a business object. */
export function TracesOf({
  object,
  children,
}: {
  readonly object: string
  readonly children: ReactNode
}) {
  const { tenant = '' } = useParams()
  if (!useMay()('monitoring:trace:read')) return null
  return <Link to={`/t/${tenant}/traces?${new URLSearchParams({ object })}`}>{children}</Link>
}
