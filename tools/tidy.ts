// The rules of the house that no other tool checks. It reads the whole tree each time and says so
// when it did not see all of it: a check that reads nothing must fail.
import { resolve } from 'node:path'
import { findUnreadKeys } from './tidy/configuration-key.ts'
import { findBadNames, findLongFiles, findStrayDocuments } from './tidy/file-name.ts'
import { findEnvironmentReads, findForbiddenWords } from './tidy/forbidden-word.ts'
import { findUnlawfulImports } from './tidy/law-of-imports.ts'
import { findLooseVersions, findRegistries } from './tidy/manifest.ts'
import { findRealTime } from './tidy/real-time.ts'
import { type Finding, readTree, type Tree } from './tidy/tree.ts'

export type Rule = (tree: Tree) => readonly Finding[]

export const rules: readonly Rule[] = [
  (tree) => tree.findings,
  findUnlawfulImports,
  findBadNames,
  findLongFiles,
  findStrayDocuments,
  (tree) => findRealTime(tree),
  (tree) => findEnvironmentReads(tree),
  findForbiddenWords,
  findLooseVersions,
  findRegistries,
  findUnreadKeys,
]

export interface Tidiness {
  readonly filesSeen: number
  readonly findings: readonly Finding[]
}

/** Applies `wanted` rules, all by default, to the tree under `root`. */
export function tidy(root: string, wanted: readonly Rule[] = rules): Tidiness {
  const tree = readTree(root)
  const findings = wanted.flatMap((rule) => rule(tree))
  findings.sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line)
  return { filesSeen: tree.files.length, findings }
}

if (import.meta.main) {
  const { filesSeen, findings } = tidy(resolve(import.meta.dirname, '..'))
  for (const { file, line, message } of findings) {
    process.stdout.write(`${file}:${line} ${message}\n`)
  }
  process.stdout.write(`${filesSeen} files seen, ${findings.length} findings\n`)
  process.exitCode = findings.length > 0 ? 1 : 0
}
