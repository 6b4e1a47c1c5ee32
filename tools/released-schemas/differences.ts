type Json = Readonly<Record<string, unknown>>

/**
 * How a JSON document differs from another, a sentence per place, which a JSON pointer names. The
 * order of keys says nothing, nor does that of a list of words, such as `required`.
 */
export function differences(was: unknown, is: unknown, pointer = ''): string[] {
  if (isWords(was) && isWords(is)) {
    return [
      ...was.filter((one) => !is.includes(one)).map((one) => `${pointer} no longer has "${one}"`),
      ...is.filter((one) => !was.includes(one)).map((one) => `${pointer} has "${one}" besides`),
    ]
  }
  if (!isHolder(was) || !isHolder(is) || Array.isArray(was) !== Array.isArray(is)) {
    const [old, now] = [JSON.stringify(was), JSON.stringify(is)]
    return old === now ? [] : [`${pointer || '/'} was ${shown(old)} and is ${shown(now)}`]
  }
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    differences(was[key], is[key], `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')

const isHolder = (value: unknown): value is Json => typeof value === 'object' && value !== null

function shown(text: string | undefined): string {
  if (text === undefined) return 'not there'
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
