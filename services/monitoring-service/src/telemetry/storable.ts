// PostgreSQL stores neither NUL nor half a surrogate pair, and one such text would lose its batch.

export function plainText(text: string, maxLength: number): string {
  const short = text.length > maxLength ? text.slice(0, maxLength) : text
  return short.includes('\u0000') ? short.replaceAll('\u0000', '') : short
}

const maxJsonLength = 16_384
/** As JSON.stringify writes them; text that only looks like it is cleaned in vain. */
const unstorable = /\\u(?:0000|d[89a-f])/

/** What is too long is kept as the beginning of its text. */
export function jsonText(value: object): string {
  const text = JSON.stringify(value)
  if (text.length > maxJsonLength)
    return jsonText({ cut: text.slice(0, maxJsonLength / 2).toWellFormed() })
  return unstorable.test(text) ? JSON.stringify(cleaned(JSON.parse(text))) : text
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '').toWellFormed()
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [cleaned(name), cleaned(one)]),
  )
}
