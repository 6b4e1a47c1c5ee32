import { type Finding, lineAt, type SourceFile, type Tree } from './tree.ts'

interface Dependency {
  readonly name: string
  readonly version: string
  readonly line: number
}

export interface Manifest {
  readonly path: string
  /** `.` for the root. */
  readonly folder: string
  readonly name: string
  readonly dependencies: readonly Dependency[]
  /** The files that `exports` names, with `*` where a subpath varies. */
  readonly entries: readonly string[]
}

const groups = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'overrides',
]
const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/
// Built from parts, so that the pattern is not what it looks for.
const hostPattern = /https?:\/{2}(?:registry|repo1?|proxy|deb|pypi|crates)\.[\w.-]+/g
const reserved = /\.(example|test|invalid|localhost)$|(^|\.)example\.(com|net|org)$/

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function dependenciesOf(content: Record<string, unknown>, text: string): Dependency[] {
  return groups.flatMap((group) => {
    const listed = content[group]
    if (!isRecord(listed)) return []
    return Object.entries(listed).flatMap(([name, version]) => {
      if (typeof version !== 'string') return []
      const index = text.indexOf(`"${name}": "`, text.indexOf(`"${group}"`))
      return [{ name, version, line: lineAt(text, Math.max(0, index)) }]
    })
  })
}

function entriesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return isRecord(value) ? Object.values(value).flatMap(entriesOf) : []
}

function readManifest({ path, text }: SourceFile): Manifest[] {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    // Biome reports what is no JSON.
    return []
  }
  if (!isRecord(content)) return []
  return [
    {
      path,
      folder: path === 'package.json' ? '.' : path.slice(0, -'/package.json'.length),
      name: String(content.name),
      dependencies: dependenciesOf(content, text),
      entries: entriesOf(content.exports),
    },
  ]
}

export function readManifests(tree: Tree): Manifest[] {
  return tree.files.filter(({ path }) => /(^|\/)package\.json$/.test(path)).flatMap(readManifest)
}

/** Every dependency has one exact version in the whole tree. */
export function findLooseVersions(tree: Tree): Finding[] {
  const first = new Map<string, { version: string; path: string }>()
  const findings: Finding[] = []
  for (const { path, dependencies } of readManifests(tree)) {
    for (const { name, version, line } of dependencies) {
      const tell = (message: string) => findings.push({ file: path, line, message })
      const other = first.get(name)
      if (!exact.test(version)) tell(`${name} needs an exact version, not ${version}`)
      else if (other && other.version !== version) {
        tell(`${name} is ${version} here and ${other.version} in ${other.path}`)
      }
      if (!other) first.set(name, { version, path })
    }
  }
  return findings
}

/** No file ties the tree to one registry, mirror or proxy. */
export function findRegistries(tree: Tree): Finding[] {
  return tree.files.flatMap(({ path, text }) => {
    const tell = (index: number, what: string) => {
      return {
        file: path,
        line: lineAt(text, index),
        message: `${what} ties the tree to one registry`,
      }
    }
    const hosts = [...text.matchAll(hostPattern)].filter(
      ([address]) => !reserved.test(address.replace(/^https?:\/+/, '')),
    )
    const resolved = path.endsWith('package-lock.json')
      ? [...text.matchAll(/"resolved": "https?:/g)]
      : []
    return [
      ...hosts.map((match) => tell(match.index, match[0])),
      ...resolved.map((match) => tell(match.index, 'a resolved address')),
    ]
  })
}
