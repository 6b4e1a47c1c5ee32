import { readManifests } from './manifest.ts'
import { type Finding, isScript, type Tree } from './tree.ts'

const bannedNames = ['utils', 'helpers', 'common', 'misc', 'manager', 'base', 'impl', 'types']
const rootDocuments = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
]
const maximumLines = 400
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

const isCode = (path: string) => /^(clients|core|services|packages|tools|bench)\//.test(path)
const isExemptFromSize = (path: string) =>
  /(^|\/)(tables\.ts$|migrations\/|generated\/)|\.generated\./.test(path) ||
  path.startsWith('packages/contracts/')

/** True where `exports` names this file: the root of a package or of one of its subpaths. */
function isPackageRoot(path: string, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const [before = '', after] = entry.split('*')
    if (after === undefined) return entry === path
    const middle = path.slice(before.length, path.length - after.length)
    return path.startsWith(before) && path.endsWith(after) && !middle.includes('/')
  })
}

function judgeName(path: string, roots: readonly string[]): string | undefined {
  const folders = path.split('/')
  const [stem = '', ...parts] = (folders.pop() ?? '').split('.')
  const isMigration = /^\d{4}_[a-z0-9_]+$/.test(stem) && path.endsWith('.sql')
  // Dot files have names that others give them, and so have upper-case documents.
  if (stem !== '' && !isMigration && !/^[A-Z_]+$/.test(stem)) {
    const odd = [stem, ...parts.slice(0, -1)].find((part) => !kebab.test(part))
    if (odd !== undefined) return `${odd} is not kebab-case`
  }
  if (!isCode(path)) return undefined
  const banned = [...folders, stem, ...parts].find(
    (part) => bannedNames.includes(part) || /-(utils|helpers|misc|impl)$/.test(part),
  )
  if (banned !== undefined) return `${banned} is no name: name it after what it is about`
  if (stem === 'index' && isScript(path) && !isPackageRoot(path, roots)) {
    return 'index is only for the root of a package'
  }
  return undefined
}

/** Files are nouns in kebab-case, and none has a name that says nothing. */
export function findBadNames(tree: Tree): Finding[] {
  const roots = readManifests(tree).flatMap(({ folder, entries }) =>
    entries.map((entry) => `${folder}/${entry.replace(/^\.\//, '')}`),
  )
  const named = tree.files.filter(({ path }) => /\.([cm]?[jt]sx?|json|css|sql|sh)$/.test(path))
  return named.flatMap(({ path }) => {
    const message = judgeName(path, roots)
    return message ? [{ file: path, line: 1, message }] : []
  })
}

export function findLongFiles(tree: Tree): Finding[] {
  return tree.files.flatMap(({ path, text, code }) => {
    const lines = text.replace(/\n$/, '').split('\n').length
    if (!(code || path.endsWith('.css')) || isExemptFromSize(path) || lines <= maximumLines)
      return []
    const message = `${lines} lines, and ${maximumLines} is the most: split it by noun`
    return [{ file: path, line: maximumLines + 1, message }]
  })
}

/** Documents stand where they are looked for: few at the root, one in a package, the rest in docs. */
export function findStrayDocuments(tree: Tree): Finding[] {
  const folders = new Set(readManifests(tree).map(({ folder }) => folder))
  return tree.files.flatMap(({ path }) => {
    if (!/\.(md|markdown|txt|rst)$/i.test(path)) return []
    const at = path.lastIndexOf('/')
    const folder = at < 0 ? '.' : path.slice(0, at)
    const allowed = folder === '.' ? rootDocuments : ['README.md']
    const isIn = folder === '.' || folders.has(folder)
    if (!isIn || allowed.includes(path.slice(at + 1))) return []
    return [
      { file: path, line: 1, message: `only ${allowed.join(', ')} may stand here; docs/ has room` },
    ]
  })
}
