import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { Live } from './live.tsx'
import { Scroll } from './scroll.tsx'
import { useLivePage } from './use-events.ts'

/** A list of the tenant that follows the events of some types, a page of it at a time. */
export function LiveList({
  texts,
  types,
  isEmpty,
  next,
  actions,
  filters,
  children,
}: {
  readonly texts: { readonly title: string; readonly none: string; readonly earlier: string }
  readonly types: string
  readonly isEmpty: boolean
  /** Where the next page begins. */
  readonly next: string | null
  /** What else can be done, beside the title. */
  readonly actions?: ReactNode
  /** What narrows it, above it. */
  readonly filters?: ReactNode
  readonly children: ReactNode
}) {
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, types)
  const [parameters] = useSearchParams()
  const later = new URLSearchParams(parameters)
  later.set('after', next ?? '')
  return (
    <>
      <title>{texts.title}</title>
      <div className="head">
        <h1>{texts.title}</h1>
        <Live isOpen={isOpen} />
        {actions}
      </div>
      {filters}
      {isEmpty ? (
        <p className="quiet">{texts.none}</p>
      ) : (
        <Scroll name={texts.title}>{children}</Scroll>
      )}
      {next !== null && (
        <Link className="button second" to={`?${later}`}>
          {texts.earlier}
        </Link>
      )}
    </>
  )
}
