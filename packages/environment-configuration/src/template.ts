const opening = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(:-|\})/

/** Where the brace that was opened before `from` closes, stepping over nested references. */
function closingBrace(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1
    else if (text[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return -1
}

/**
 * Replaces `${NAME}` and `${NAME:-otherwise}` by what `resolve` gives for NAME; it is asked with
 * `required` set where no otherwise is given. `$${` stands for a literal `${`, and what only looks
 * like a reference stays as it is.
 */
export function expand(
  text: string,
  resolve: (name: string, required: boolean) => string | undefined,
): string {
  let result = ''
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('$', at)
    if (next < 0) return result + text.slice(at)
    result += text.slice(at, next)
    const [whole, name, mark] = opening.exec(text.slice(next)) ?? []
    const start = next + (whole?.length ?? 0)
    const end = mark === ':-' ? closingBrace(text, start) : start
    if (text.startsWith('$${', next)) {
      result += '${'
      at = next + 3
    } else if (name === undefined || end < 0) {
      result += '$'
      at = next + 1
    } else if (mark === ':-') {
      result += resolve(name, false) ?? expand(text.slice(start, end), resolve)
      at = end + 1
    } else {
      result += resolve(name, true) ?? ''
      at = end
    }
  }
  return result
}
