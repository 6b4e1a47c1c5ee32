/** One measured figure, with what it should be. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** `<= 30`, `>= 0.83`: what the value should be; null when it only informs. */
  readonly goal: string | null
  readonly holds: boolean | null
}

export function atMost(name: string, value: number, limit: number, unit: string): Figure {
  return { name, value, unit, goal: `<= ${limit}`, holds: value <= limit }
}

export function atLeast(name: string, value: number, limit: number, unit: string): Figure {
  return { name, value, unit, goal: `>= ${limit}`, holds: value >= limit }
}

export function informs(name: string, value: number, unit: string): Figure {
  return { name, value, unit, goal: null, holds: null }
}

/** The figures of one benchmark as a table for a person, a row each. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [
    one.name,
    `${round(one.value)} ${one.unit}`,
    one.goal ?? '',
    one.holds === null ? '' : one.holds ? 'holds' : 'MISSED',
  ])
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
