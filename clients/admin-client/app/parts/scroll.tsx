import type { ReactNode } from 'react'

/** A table that may be wider than its place: whoever has no mouse walks into it to scroll. */
export function Scroll({
  name,
  children,
}: {
  readonly name: string
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (WCAG 2.1.1)
    <section className="scroll" tabIndex={0} aria-label={name}>
      {children}
    </section>
  )
}
