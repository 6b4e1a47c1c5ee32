import type { ConfigurationError } from './configuration-error.ts'
import { environmentKey, platformOwner } from './key-name.ts'

const isScreaming = (name: string) => /^[A-Z][A-Z0-9_]*$/.test(name)

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The place of a syntax error. The engine's message also quotes the text, which may be secret. */
function placeOf(error: unknown): string {
  const place = error instanceof Error ? /line \d+ column \d+/.exec(error.message) : null
  return place ? ` (${place[0]})` : ''
}

/**
 * Reads a configuration file: keys by their environment name (`DATABASE_URL`) or their own name
 * (`databaseUrl`), those of a service in a section (`"order-service": { "reservationMinutes": 5 }`).
 */
export function readConfigFile(text: string, name: string) {
  const values = new Map<string, string>()
  const errors: ConfigurationError[] = []
  const complain = (key: string, expected: string) => errors.push({ key, origin: name, expected })

  function take(owner: string, entry: string, value: unknown): void {
    const key = isScreaming(entry) ? entry : environmentKey(owner, entry)
    if (value === null) return
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      complain(key, 'expected a text, a number, true or false')
    } else if (values.has(key)) complain(key, 'expected the key once in this file')
    else values.set(key, String(value))
  }

  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    complain(name, `expected JSON${placeOf(error)}`)
    return { values, errors }
  }
  if (!isSection(content)) {
    complain(name, 'expected a JSON object')
    return { values, errors }
  }
  for (const [entry, value] of Object.entries(content)) {
    if (isSection(value)) {
      for (const [inner, innerValue] of Object.entries(value)) take(entry, inner, innerValue)
    } else take(platformOwner, entry, value)
  }
  return { values, errors }
}
