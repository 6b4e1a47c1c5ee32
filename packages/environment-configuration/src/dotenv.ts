import { parseEnv } from 'node:util'
import type { ConfigurationError } from './configuration-error.ts'

export interface DotenvValue {
  readonly value: string
  readonly line: number
}

const assignment = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/

/** The line after which a quoted value that opens in `lines[at]` is closed; `at` if it never is. */
function closingLine(lines: readonly string[], at: number, rest: string): number {
  const quote = rest[0]
  if (quote === undefined || !`'"\``.includes(quote) || rest.indexOf(quote, 1) > 0) return at
  const end = lines.findIndex((line, index) => index > at && line.includes(quote))
  return end < 0 ? at : end
}

/**
 * Values are those of Node's own parser; it gives no positions, so the lines of the keys are found
 * here by a second look that follows its rules for quotes. Of a key given twice the last counts.
 */
export function parseDotenv(text: string, name: string) {
  const values = new Map<string, DotenvValue>()
  const errors: ConfigurationError[] = []
  const parsed = parseEnv(text)
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, key, rest] = assignment.exec(line) ?? []
    if (key !== undefined && rest !== undefined) {
      const value = parsed[key]
      if (value !== undefined) values.set(key, { value, line: at + 1 })
      at = closingLine(lines, at, rest)
    } else if (line.trim() !== '' && !line.trimStart().startsWith('#')) {
      const origin = `${name}:${at + 1}`
      errors.push({ key: name, origin, expected: 'expected KEY=value or a comment' })
    }
  }
  return { values, errors }
}
