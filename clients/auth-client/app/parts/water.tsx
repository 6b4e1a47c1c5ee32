const lines = 26
const width = 720
const step = 34

/** The picture beside the forms: lines of water, each a little other than the one before. */
export function Water({ color }: { readonly color: string | null }) {
  return (
    <div className="water" style={color === null ? undefined : { color }}>
      <svg
        viewBox={`0 0 ${width} ${lines * step}`}
        preserveAspectRatio="xMidYMid slice"
        aria-hidden="true"
      >
        {Array.from({ length: lines }, (_, at) => (
          <path
            key={pathOf(at)}
            d={pathOf(at)}
            opacity={0.25 + 0.6 * Math.abs(Math.sin(at * 1.7))}
          />
        ))}
      </svg>
    </div>
  )
}

function pathOf(at: number): string {
  const height = 10 * Math.sin(at * 0.9)
  const y = (at + 0.5) * step
  const rest = y - height * 1.2
  return `M0 ${y}C${width * 0.25} ${(y + height).toFixed(1)} ${width * 0.4} ${(y - height).toFixed(1)} ${width * 0.55} ${rest.toFixed(1)}S${width * 0.85} ${y} ${width} ${y}`
}
