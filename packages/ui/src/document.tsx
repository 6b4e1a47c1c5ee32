import type { PageRequest } from '@prognetwork/contracts'
import {
  Children,
  cloneElement,
  createContext,
  isValidElement,
  type ReactNode,
  useContext,
} from 'react'
import { Links, Meta, Scripts, ScrollRestoration } from 'react-router'

/** Known on the server alone: browsers hide it from pages. */
export const Nonce = createContext<string | undefined>(undefined)

/** Known on the server alone: scripts read it where the server has written it. */
export const PageTraces = createContext<PageRequest['traces'] | undefined>(undefined)

/** The frame of every page. */
export function Document({
  language,
  hasScripts = true,
  children,
}: {
  readonly language: string
  /** False where a page is nothing but HTML. */
  readonly hasScripts?: boolean
  readonly children: ReactNode
}) {
  const nonce = useContext(Nonce)
  const traces = useContext(PageTraces)
  return (
    <html
      lang={language}
      data-traces={hasScripts ? traces?.prefix : undefined}
      data-tell-to={hasScripts ? traces?.tellTo : undefined}
      suppressHydrationWarning
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <Meta />
        {/* Style sheets are of this origin, and allowed without one. */}
        <Links nonce="" />
      </head>
      <body>
        {children}
        {hasScripts && <ScrollRestoration nonce={nonce} />}
        {hasScripts && <LaterScripts nonce={nonce} />}
      </body>
    </html>
  )
}

/**
 * The scripts of a page after everything that it is seen by: pages are whole without them, and on a slow
 * line they would hold up its style sheet, its type and its first picture.
 */
function LaterScripts({ nonce }: { readonly nonce: string | undefined }): ReactNode {
  // What loads them beforehand has no property for it.
  const scripts: ReactNode = Scripts({ nonce })
  if (!isValidElement<{ children: ReactNode }>(scripts)) return scripts
  return Children.map(scripts.props.children, (one) =>
    isValidElement<{ fetchPriority?: string }>(one) && one.type === 'link'
      ? cloneElement(one, { fetchPriority: 'low' })
      : one,
  )
}
