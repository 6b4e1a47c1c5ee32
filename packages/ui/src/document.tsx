import { createContext, type ReactNode, useContext } from 'react'
import { Links, Meta, Scripts, ScrollRestoration } from 'react-router'

/** Known on the server alone: browsers hide it from pages. */
export const Nonce = createContext<string | undefined>(undefined)

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
  return (
    <html lang={language}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <Meta />
        <Links nonce={nonce} />
      </head>
      <body>
        {children}
        {hasScripts && <ScrollRestoration nonce={nonce} />}
        {hasScripts && <Scripts nonce={nonce} />}
      </body>
    </html>
  )
}
