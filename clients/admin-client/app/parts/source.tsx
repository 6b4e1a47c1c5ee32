import { Scroll } from './scroll.tsx'

/** Text of machines, in its own lines. */
export function Source({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <Scroll name={name}>
      <pre className="source">{children}</pre>
    </Scroll>
  )
}

export const jsonText = (value: unknown) => JSON.stringify(value, null, 2)
