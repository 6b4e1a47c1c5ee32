// What the log holds must be readable for ever: no version of an event that was released is changed
// or lost, and today's code reads each of them. The gate says so when it did not see every event.
import { resolve } from 'node:path'
import {
  type Release,
  release,
  releasedFolder,
  releaseFileOf,
  releaseOf,
} from '../packages/cli/src/released-schemas.ts'
import { type EventContract, versionsOf } from '../packages/contracts/src/index.ts'
import { readWritten } from '../packages/event-based-service-client/src/index.ts'
import { differences } from './released-schemas/differences.ts'
import { contentId, type History, readHistory } from './released-schemas/history.ts'
import { matchesInCode } from './tidy/code.ts'
import { type Finding, isTest, lineAt, readTree, type Tree } from './tidy/tree.ts'

/** Releases that were taken back before anything was logged, each with its reason. */
const withdrawn: Readonly<Record<string, string>> = {}

export interface Releases {
  /** Every event in its newest version. */
  readonly events: readonly EventContract[]
  readonly tree: Tree
  /** Absent outside a checkout: then nothing is known of what was released before. */
  readonly history: History | undefined
  readonly withdrawn?: Readonly<Record<string, string>>
}

const howOn = 'make a new version with an upcaster'

/** All that is wrong, and how many versions were seen to be right or wrong. */
export function judgeReleases(releases: Releases): { seen: number; findings: Finding[] } {
  const versions = releases.events.flatMap(versionsOf)
  const kept = readReleases(releases.tree)
  const findings = [
    ...findUnseen(releases.tree, versions),
    ...releases.events.flatMap(judgeUpcasters),
    ...versions.flatMap((one) => judgeVersion(one, kept.get(releaseFileOf(one))?.release)),
    ...[...kept].flatMap(([name, one]) => one.findings.concat(judgeFile(name, one, releases))),
    ...judgeHistory(kept, releases),
  ]
  return { seen: versions.length, findings }
}

interface Kept {
  readonly text: string
  /** Absent where the file is not what it should be. */
  readonly release: Release | undefined
  readonly findings: Finding[]
}

const at = (name: string, message: string): Finding => {
  return { file: `${releasedFolder}/${name}`, line: 1, message }
}

function readReleases(tree: Tree): Map<string, Kept> {
  const files = tree.files.filter(({ path }) => path.startsWith(`${releasedFolder}/`))
  return new Map(
    files.map(({ path, text }): [string, Kept] => {
      const name = path.slice(releasedFolder.length + 1)
      const read = readRelease(text)
      if (read && releaseFileOf(read) === name) return [name, { text, release: read, findings: [] }]
      const message = read
        ? `it holds ${read.type} of version ${read.version}, so its name is ${releaseFileOf(read)}`
        : 'it is not type, version, schema and example as `prog schemas release` writes them'
      return [name, { text, release: undefined, findings: [at(name, message)] }]
    }),
  )
}

function readRelease(text: string): Release | undefined {
  try {
    return release.safeParse(JSON.parse(text)).data
  } catch {
    // What is no JSON is no release; the finding says so.
    return undefined
  }
}

/** Events are declared in the text of the contracts as well: two ways to see them, to be compared. */
function findUnseen(tree: Tree, versions: readonly EventContract[]): Finding[] {
  const seen = new Set(versions.map(placeOf))
  const declared = tree.files
    .filter(({ path }) => /^packages\/contracts\/src\/.*\.ts$/.test(path) && !isTest(path))
    .flatMap(({ path, text, code }) =>
      (code ? matchesInCode(code, /\bevent\(\s*'([^']+)',\s*(\d+)\b/g) : []).map((match) => ({
        file: path,
        line: lineAt(text, match.index),
        place: `${match[1]} of version ${match[2]}`,
      })),
    )
  if (declared.length === 0)
    return [{ file: releasedFolder, line: 1, message: 'no event was seen in the contracts' }]
  return declared
    .filter(({ place }) => !seen.has(place))
    .map(({ file, line, place }) => ({
      ...{ file, line },
      message: `${place} is published by no service, and no newer version reads it`,
    }))
}

const placeOf = ({ type, version }: Pick<EventContract, 'type' | 'version'>) =>
  `${type} of version ${version}`

function judgeUpcasters(event: EventContract): Finding[] {
  return versionsOf(event).flatMap((one) => {
    const from = one.upcaster?.from
    if (!from && one.version > 1)
      return [at(releaseFileOf(one), `${placeOf(one)} has no upcaster from ${one.version - 1}`)]
    if (!from || (from.type === one.type && from.version === one.version - 1)) return []
    return [at(releaseFileOf(one), `the upcaster of ${placeOf(one)} is from ${placeOf(from)}`)]
  })
}

/** Whether a version is kept, and still says what it said then. */
function judgeVersion(event: EventContract, kept: Release | undefined): Finding[] {
  const name = releaseFileOf(event)
  if (!kept)
    return [at(name, `${placeOf(event)} is not released: run \`npm run prog -- schemas release\``)]
  return differences(kept.schema, releaseOf(event).schema).map((difference) =>
    at(name, `${placeOf(event)} was released and is another now: ${difference}; ${howOn}`),
  )
}

/** Whether what a file keeps belongs to an event, and is read by today's code. */
function judgeFile(name: string, { release: kept }: Kept, { events }: Releases): Finding[] {
  if (!kept) return []
  const event = events.find((one) => one.type === kept.type)
  if (!event || kept.version > event.version)
    return [at(name, `${placeOf(kept)} was released and there is no such event any more`)]
  try {
    readWritten(event, kept.version, kept.example)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)
    return [at(name, `version ${event.version} does not read the released example: ${why}`)]
  }
}

function judgeHistory(kept: ReadonlyMap<string, Kept>, releases: Releases): Finding[] {
  return [...(releases.history ?? [])].flatMap(([name, contents]) => {
    if ((releases.withdrawn ?? withdrawn)[name] !== undefined) return []
    const file = kept.get(name)
    if (!file) return [at(name, 'it was released and has been removed; the log may hold it')]
    if (contents.has(contentId(file.text))) return []
    return [at(name, `it was changed after it was released; take that back and ${howOn}`)]
  })
}

if (import.meta.main) {
  const { services } = await import('../platform.ts')
  const root = resolve(import.meta.dirname, '..')
  const { seen, findings } = judgeReleases({
    events: services.flatMap((one) => one.publishes),
    tree: readTree(root),
    history: readHistory(root, releasedFolder),
  })
  for (const { file, line, message } of findings)
    process.stdout.write(`${file}:${line} ${message}\n`)
  process.stdout.write(`${seen} versions of events seen, ${findings.length} findings\n`)
  process.exitCode = findings.length > 0 ? 1 : 0
}
