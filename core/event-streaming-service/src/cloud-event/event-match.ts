import type { LogRow } from './cloud-event.ts'

/** What somebody wants of the log; everything without. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined
  readonly subject?: string | undefined
  readonly correlation?: string | undefined
}

/** Whether a type is one of those that a pattern names: itself, `product.*` or `*`. */
function fits(pattern: string, type: string): boolean {
  if (!pattern.endsWith('*')) return pattern === type
  return type.startsWith(pattern.slice(0, -1))
}

/** Patterns as a function; whether a type is wanted is found out once. */
export function typeMatch(patterns: readonly string[] | undefined): (type: string) => boolean {
  if (!patterns) return () => true
  const wanted = new Map<string, boolean>()
  return (type) => {
    let known = wanted.get(type)
    if (known === undefined) {
      known = patterns.some((pattern) => fits(pattern, type))
      wanted.set(type, known)
    }
    return known
  }
}

/** A filter as a function. */
export function eventMatch({ types, subject, correlation }: EventFilter) {
  const isWanted = typeMatch(types)
  return ({ type, key, correlationId }: LogRow): boolean =>
    isWanted(type) &&
    (subject === undefined || subject === key) &&
    (correlation === undefined || correlation === correlationId)
}
