import { unitOf } from './law-of-imports.ts'
import { type Finding, isTest, lineAt, type SourceFile, type Tree } from './tree.ts'

interface DeclaredKey {
  readonly name: string
  readonly file: SourceFile
  readonly index: number
  /** Where the declaration starts and ends, so that it does not count as its own reader. */
  readonly from: number
  readonly to: number
  /** A service reads its own keys; those of the platform may be read anywhere. */
  readonly isForAll: boolean
}

const declarations =
  /\b(?:config\s*:|declareConfiguration\s*\((?:(?!\bz\s*\.)[\s\S])*?schema\s*:)\s*z\s*\.\s*(?:strictO|looseO|o)bject\s*\(\s*\{/g

/** Where the brace before `from` closes, and what stands directly in it. */
function readBraces(bare: string, from: number): { to: number; direct: string } {
  let depth = 1
  let direct = ''
  let at = from
  for (; at < bare.length && depth > 0; at += 1) {
    const letter = bare[at] ?? ''
    if ('}])'.includes(letter)) depth -= 1
    direct += depth === 1 || letter === '\n' ? letter : ' '
    if ('{[('.includes(letter)) depth += 1
  }
  return { to: at, direct }
}

function keysIn(file: SourceFile): DeclaredKey[] {
  const { code } = file
  if (!code) return []
  return [...code.bare.matchAll(declarations)].flatMap((match) => {
    const from = match.index + match[0].length
    const { to, direct } = readBraces(code.bare, from)
    const isForAll = match[0].startsWith('declareConfiguration')
    return [...direct.matchAll(/(?:^|,)\s*([A-Za-z_$][\w$]*)\s*:/g)].map((key) => {
      const name = key[1] ?? ''
      return { name, file, index: from + key.index + key[0].indexOf(name), from, to, isForAll }
    })
  })
}

function isRead({ name, file, from, to, isForAll }: DeclaredKey, tree: Tree): boolean {
  const word = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`)
  return tree.files.some((other) => {
    if (!other.code || isTest(other.path)) return false
    if (!isForAll && unitOf(other.path) !== unitOf(file.path)) return false
    const { bare } = other.code
    return word.test(other.path === file.path ? bare.slice(0, from) + bare.slice(to) : bare)
  })
}

/**
 * Every declared key of the configuration is read. Any other mention of its name in the code of its
 * owner counts, so that what is told here is certain; a name that is common may slip through.
 */
export function findUnreadKeys(tree: Tree): Finding[] {
  const declared = tree.files.filter(({ path }) => !isTest(path)).flatMap(keysIn)
  return declared
    .filter((key) => !isRead(key, tree))
    .map(({ name, file, index }) => {
      const line = lineAt(file.text, index)
      return { file: file.path, line, message: `nothing reads the configuration key ${name}` }
    })
}
