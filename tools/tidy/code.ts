// Tells code, comments and strings of a source apart by one pass over its letters. Not a parser:
// it must never fail, and what it cannot tell it takes for code.

/** Three views of one source, each as long as it and with the same lines. */
export interface Code {
  /** Without comments. */
  readonly code: string
  /** Without comments and without what stands in strings, templates and regular expressions. */
  readonly bare: string
  /** Only what stands in strings and templates. */
  readonly strings: string
}

const plain = 0
const comment = 1
const string = 2
const pattern = 3

function view(text: string, kinds: Uint8Array, shown: readonly number[]): string {
  let result = ''
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    result += letter === '\n' || shown.includes(kinds[at] ?? plain) ? letter : ' '
  }
  return result
}

/** The end of what opens at `from` and closes with `close` on the same line; -1 if it does not. */
function closingOnLine(text: string, from: number, close: string): number {
  let isInClass = false
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1
    else if (close === '/' && text[at] === '[') isInClass = true
    else if (close === '/' && text[at] === ']') isInClass = false
    else if (text[at] === close && !isInClass) return at
  }
  return -1
}

/** A slash after a value divides; anywhere else it opens a regular expression. */
function opensPattern(before: string): boolean {
  const rest = before.trimEnd()
  if (
    /(^|[^\w$.])(return|typeof|case|in|of|delete|void|throw|new|await|yield|else|do)$/.test(rest)
  ) {
    return true
  }
  return rest === '' || /[^\w$)\]}"'`]$/.test(rest)
}

function kindsOf(text: string): Uint8Array {
  const kinds = new Uint8Array(text.length)
  // One number for each open `${`: how many braces are open inside it.
  const templates: number[] = []
  let at = 0
  const mark = (end: number, kind: number) => {
    kinds.fill(kind, at, end)
    at = end
  }
  const markTemplate = () => {
    let end = at + 1
    while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) {
      end += text[end] === '\\' ? 2 : 1
    }
    if (text[end] === '$') templates.push(0)
    mark(text[end] === '$' ? end + 2 : end + 1, string)
  }
  while (at < text.length) {
    const letter = text[at] ?? ''
    const depth = templates.at(-1)
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at)
      mark(end < 0 ? text.length : end, comment)
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      mark(end < 0 ? text.length : end + 2, comment)
    } else if (letter === "'" || letter === '"') {
      const end = closingOnLine(text, at, letter)
      if (end < 0) at += 1
      else mark(end + 1, string)
    } else if (letter === '`') markTemplate()
    else if (letter === '/' && opensPattern(text.slice(Math.max(0, at - 20), at))) {
      const end = closingOnLine(text, at, '/')
      if (end < 0) at += 1
      else mark(end + 1, pattern)
    } else if (letter === '}' && depth === 0) {
      templates.pop()
      markTemplate()
    } else {
      if (depth !== undefined && letter === '{') templates[templates.length - 1] = depth + 1
      if (depth !== undefined && letter === '}') templates[templates.length - 1] = depth - 1
      at += 1
    }
  }
  return kinds
}

export function readCode(text: string): Code {
  const kinds = kindsOf(text)
  return {
    code: view(text, kinds, [plain, string, pattern]),
    bare: view(text, kinds, [plain]),
    strings: view(text, kinds, [string]),
  }
}

/** SQL counts as one string in a program: only its comments are told apart. */
export function readSql(text: string): Code {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  const code = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (part) =>
    part.startsWith("'") ? part : blank(part),
  )
  return { code, bare: blank(text), strings: code }
}

/** Where `pattern` stands in code, strings that belong to it included, and begins outside of them. */
export function matchesInCode({ code, bare }: Code, pattern: RegExp): RegExpExecArray[] {
  return [...code.matchAll(pattern)].filter(({ index }) => bare[index] !== ' ')
}
