// Patterns are other people's code, so they run in an engine that never goes back: its time is the
// length of the text times the size of the pattern, and a budget ends what is still too much.
import { RE2JS } from 're2js'

const maxLength = 500
const maxProgramSize = 1_000
/** About a fifth of a second. */
const stepsPerData = 10_000_000

let stepsLeft = stepsPerData

/** Thrown where matching one piece of data would take too long. */
export class TooCostly extends Error {}

/** Runs what checks one piece of data, which may match patterns for a limited time. */
export function withPatternBudget<T>(check: () => T): T {
  stepsLeft = stepsPerData
  return check()
}

/** Why a pattern cannot be used, or nothing. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > maxLength) return `is longer than ${maxLength} characters`
  try {
    if (compile(pattern).programSize() > maxProgramSize) return 'repeats too much'
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    return `is not a regular expression of RE2, which has no lookaround or backreference (${why})`
  }
}

const compile = (pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern))

/** The engine in the form that Ajv takes one. */
export const linearRegExp = Object.assign(
  (source: string) => {
    const compiled = compile(source)
    const size = compiled.programSize()
    return {
      // Ajv tells patterns apart by it.
      toString: () => source,
      test(text: string): boolean {
        stepsLeft -= (text.length + 1) * size
        if (stepsLeft < 0) throw new TooCostly('its patterns take too long to match')
        return compiled.test(text)
      },
    }
  },
  { code: 'linearRegExp' },
)
