const special = /["\\]/
const specials = /["\\]/g

/**
 * A list as PostgreSQL writes an array. The driver would do it too, at three times the cost: batches
 * have thousands of values, nearly all of which need no escaping.
 */
export function arrayText(list: readonly (string | number | null)[]): string {
  let text = '{'
  let comma = ''
  for (const value of list) {
    text += comma + elementText(value)
    comma = ','
  }
  return `${text}}`
}

function elementText(value: string | number | null): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return `${value}`
  return special.test(value) ? `"${value.replace(specials, '\\$&')}"` : `"${value}"`
}
