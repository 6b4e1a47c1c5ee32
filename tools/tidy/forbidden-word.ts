import { type Allowance, applyAllowances } from './allowance.ts'
import { matchesInCode } from './code.ts'
import { type Finding, isScript, lineAt, type SourceFile, type Tree } from './tree.ts'

const environmentAllowances: readonly Allowance[] = [
  {
    path: 'packages/environment-configuration/',
    reason: 'it reads the environment for all others',
  },
  { path: 'tools/bootstrap.mjs', reason: 'it runs before any package is installed' },
  { path: 'tools/bootstrap-install.mjs', reason: 'it runs before any package is installed' },
]

// Each has a class of one letter, so that this file does not contain what it looks for.
const words = /\b(?:T[O]DO|FI[X]ME|X[X]X|H[A]CK)\b|\bnot[ ]implemented\b/gi
const environment = [
  /\bprocess\s*\??\.\s*(?:env\b|\[\s*['"]env['"])/g,
  /\bprocess\s*\[\s*['"]env['"]/g,
  /\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
  /\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](?:node:)?process['"]/g,
]
const output = /\bconsole\s*\.\s*log\b/g

const isSource = (path: string) =>
  isScript(path) || /\.(sql|css|html|sh|ya?ml|toml|tf)$/.test(path) || path === '.ci/run'

function tellAll(file: SourceFile, matches: Iterable<RegExpMatchArray>, why: string): Finding[] {
  return [...matches].map((match) => {
    const line = lineAt(file.text, match.index ?? 0)
    return { file: file.path, line, message: `${match[0]}: ${why}` }
  })
}

/** No source puts off a thing to later, and no program code writes past the log. */
export function findForbiddenWords(tree: Tree): Finding[] {
  return tree.files
    .filter(({ path }) => isSource(path))
    .flatMap((file) => {
      const matches = [...file.text.matchAll(words)].filter(
        ([word]) => word.includes(' ') || word === word.toUpperCase(),
      )
      const isProgram = /\/src\//.test(file.path) || file.path.startsWith('clients/')
      const printed = isProgram && file.code ? matchesInCode(file.code, output) : []
      return [
        ...tellAll(file, matches, 'do it or leave it out'),
        ...tellAll(file, printed, 'programs write to the log they are given'),
      ]
    })
}

/** Only environment-configuration reads the environment. */
export function findEnvironmentReads(
  tree: Tree,
  allowances: readonly Allowance[] = environmentAllowances,
): Finding[] {
  const findings = tree.files.flatMap((file) => {
    const { code } = file
    if (!code) return []
    const found = environment.flatMap((pattern) => matchesInCode(code, pattern))
    return tellAll(file, found, 'declare the key and read it by environment-configuration')
  })
  return applyAllowances(tree, allowances, findings)
}
