import { type Declaration, fieldsOf } from './declaration.ts'
import { prefixOf } from './key-name.ts'
import type { Sources } from './sources.ts'

/** A key that is set and that nothing reads: most often a slip of the pen. */
export interface UnknownKey {
  readonly key: string
  readonly origin: string
  /** The declared key it resembles most, if one is near. */
  readonly suggestion: string | undefined
}

/** Levenshtein's distance: the fewest single letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (const [index, other] of [...to].entries()) {
      const changed = (row[index] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

function nearest(key: string, known: readonly string[], atMost: number): string | undefined {
  const [best] = known
    .map((name) => ({ name, far: distance(key, name) }))
    .filter(({ far }) => far <= atMost)
    .sort((one, other) => one.far - other.far)
  return best?.name
}

/**
 * The keys nothing reads: those with the prefix of a declared service, wherever they are set, and
 * those of our own files that nearly spell a declared key. Other keys of the environment are not ours.
 */
export function findUnknown(
  sources: Sources,
  declarations: readonly Declaration[],
): readonly UnknownKey[] {
  const known = declarations.flatMap((declaration) => fieldsOf(declaration).map(({ key }) => key))
  const read = new Set([
    ...known.flatMap((key) => [key, `${key}_FILE`]),
    ...known.flatMap((key) => {
      const found = sources.lookup(key)
      return found && 'references' in found ? found.references : []
    }),
  ])
  const prefixes = declarations
    .map(({ owner }) => prefixOf(owner))
    .filter((prefix) => prefix !== '')
  return [...sources.keys].flatMap(([key, origin]) => {
    if (read.has(key)) return []
    const isOfService = prefixes.some((prefix) => key.startsWith(prefix))
    const suggestion = nearest(key.replace(/_FILE$/, ''), known, isOfService ? key.length / 3 : 2)
    const isSlip = origin !== 'environment' && suggestion !== undefined
    return isOfService || isSlip ? [{ key, origin, suggestion }] : []
  })
}
