/** A moment to the millisecond, for what many things of one second are told apart by; UTC. */
export function PreciseTime({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} className="mono">
      {`${at.slice(0, 10)} ${at.slice(11, 23)}`}
    </time>
  )
}
