import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../../packages/environment-configuration/src/index.ts'
import { type Code, readCode, readSql } from './code.ts'

export interface Finding {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface SourceFile {
  /** From the root of the tree, with forward slashes. */
  readonly path: string
  /** Empty for a file that is not text. */
  readonly text: string
  /** Present for languages whose comments and strings are told apart. */
  readonly code: Code | undefined
}

export interface Tree {
  readonly files: readonly SourceFile[]
  /** What makes it doubtful that the whole tree was seen. */
  readonly findings: readonly Finding[]
}

const neverOurs = new Set(['.git', 'node_modules'])

/** True for tests, suites and what stands beside them; they may use test tools and real time. */
export function isTest(path: string): boolean {
  return /\.test\.[a-z]+$|(^|\/)test\/|(^|[/.])conformance\.ts$/.test(path)
}

export const isScript = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path)

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** What git lists with `words`; null where the folder is no checkout. */
function listByGit(root: string, ...words: string[]): string[] | null {
  // A hook of git sets variables that would point this call at another tree.
  const own = Object.entries(environment).filter(([key]) => !key.startsWith('GIT_'))
  try {
    const output = execFileSync(
      'git',
      ['-c', 'safe.directory=*', 'ls-files', '-z', '--exclude-standard', ...words],
      {
        cwd: root,
        encoding: 'utf8',
        env: Object.fromEntries(own),
        maxBuffer: 1 << 28,
        stdio: 'pipe',
      },
    )
    return output.split('\0').filter((path) => path !== '')
  } catch (error) {
    const text = error instanceof Error ? error.message : ''
    if (/not a git repository|ENOENT/.test(text)) return null
    throw error
  }
}

/** The folders that a checkout without git has to leave out: the plain lines of .gitignore. */
function listByIgnoreFile(root: string): string[] {
  const text = readFileSync(join(root, '.gitignore'), 'utf8')
  return text.split('\n').filter((line) => /^[\w./-]+$/.test(line))
}

function walk(root: string, ignored: ReadonlySet<string>, folder = ''): string[] {
  const paths: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder + entry.name
    if (neverOurs.has(entry.name) || ignored.has(path) || ignored.has(`${path}/`)) continue
    if (entry.isDirectory()) paths.push(...walk(root, ignored, `${path}/`))
    else paths.push(path)
  }
  return paths
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  if (text.includes('\0')) return { path, text: '', code: undefined }
  if (isScript(path)) return { path, text, code: readCode(text) }
  return { path, text, code: path.endsWith('.sql') ? readSql(text) : undefined }
}

/** Two lists made in two ways, so that a walk that missed a folder cannot pass for a clean tree. */
function compare(walked: readonly string[], listed: readonly string[]): Finding[] {
  const seen = new Set(walked)
  const expected = new Set(listed)
  const tell = (message: string) => (file: string) => ({ file, line: 1, message })
  return [
    ...listed
      .filter((path) => !seen.has(path))
      .map(tell('git lists this file, tidy did not see it')),
    ...walked
      .filter((path) => !expected.has(path))
      .map(tell('tidy saw this file, git does not list it')),
  ]
}

export function readTree(root: string): Tree {
  const listed = listByGit(root, '--cached', '--others')
  const ignored = listed
    ? listByGit(root, '--others', '--ignored', '--directory')
    : listByIgnoreFile(root)
  const paths = walk(root, new Set(ignored)).sort()
  const files = paths.map((path) => readSource(root, path))
  if (files.length === 0) {
    return { files, findings: [{ file: '.', line: 1, message: 'tidy saw no files' }] }
  }
  if (!listed) return { files, findings: [] }
  const deleted = new Set(listByGit(root, '--deleted'))
  return {
    files,
    findings: compare(
      paths,
      listed.filter((path) => !deleted.has(path)),
    ),
  }
}
