import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readConfigFile } from './config-file.ts'
import type { ConfigurationError } from './configuration-error.ts'
import { parseDotenv } from './dotenv.ts'
import { environment } from './environment.ts'
import { expand } from './template.ts'

/** A value as it arrived, with its templates filled in. */
export interface RawValue {
  readonly value: string
  readonly origin: string
  /** The keys its template took values from, at any depth. */
  readonly references: readonly string[]
  /** It came through `KEY_FILE`, which is how secrets come. */
  readonly isFromFile: boolean
}

export interface Sources {
  readonly directory: string
  readonly environment: string
  /** Every key that any source sets, with the origin that wins. */
  readonly keys: ReadonlyMap<string, string>
  /** What is wrong with the sources themselves. */
  readonly errors: readonly ConfigurationError[]
  /** The files that were read or would be, absolute; secret files appear once they are looked up. */
  readonly files: ReadonlySet<string>
  /** The value of one key. The first answer is kept, so that one reading sees one state. */
  lookup(key: string): RawValue | ConfigurationError | undefined
}

export interface SourceOptions {
  /** Where `.env` and `config/` are, and what relative `KEY_FILE` paths start from. */
  directory: string
  /** Chooses `config/<environment>.json`; NODE_ENV or `development` by default. */
  environment?: string
  env?: NodeJS.ProcessEnv
}

interface Assigned {
  readonly value: string
  readonly origin: string
}

class LookupFailure extends Error {
  readonly problem: ConfigurationError

  constructor(problem: ConfigurationError) {
    super(problem.expected)
    this.problem = problem
  }
}

export function isConfigurationError(
  found: RawValue | ConfigurationError | undefined,
): found is ConfigurationError {
  return found !== undefined && 'expected' in found
}

/** The text of a file, or undefined if there is none. Other failures are the caller's. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function readSecretFile(key: string, pointer: Assigned, directory: string): RawValue {
  const path = resolve(directory, pointer.value)
  const fail = (expected: string) =>
    new LookupFailure({ key: `${key}_FILE`, origin: pointer.origin, expected, value: path })
  let text: string | undefined
  try {
    text = readIfThere(path)
  } catch (error) {
    throw fail(`expected a readable file (${error instanceof Error ? error.message : error})`)
  }
  if (text === undefined) throw fail('expected the path of a file that exists')
  const value = text.replace(/\r?\n$/, '')
  // An empty secret is a failed delivery; counting it as unset would let a default in silently.
  if (value.trim() === '') throw fail('expected a file with a value in it')
  return { value, origin: `file ${path}`, references: [], isFromFile: true }
}

function createLookup(
  assigned: ReadonlyMap<string, Assigned>,
  directory: string,
  files: Set<string>,
) {
  const kept = new Map<string, RawValue | ConfigurationError | undefined>()

  function find(key: string, path: readonly string[]): RawValue | undefined {
    const direct = assigned.get(key)
    const pointer = assigned.get(`${key}_FILE`)
    if (direct && pointer) {
      const origin = `${direct.origin} and ${pointer.origin}`
      const expected = `expected only one of ${key} and ${key}_FILE`
      throw new LookupFailure({ key, origin, expected })
    }
    if (pointer) {
      files.add(resolve(directory, pointer.value))
      return readSecretFile(key, pointer, directory)
    }
    return direct && fill(key, direct, [...path, key])
  }

  function fill(key: string, { value, origin }: Assigned, path: readonly string[]): RawValue {
    const references = new Set<string>()
    const filled = expand(value, (name, required) => {
      const fail = (expected: string) => new LookupFailure({ key, origin, expected })
      references.add(name)
      if (path.includes(name)) {
        throw fail(`expected no circle of references (${[...path, name].join(' -> ')})`)
      }
      const found = find(name, path)
      for (const further of found?.references ?? []) references.add(further)
      if (!found && required) throw fail(`expected a value for \${${name}}, which is not set`)
      return found?.value
    })
    return { value: filled, origin, references: [...references], isFromFile: false }
  }

  return (key: string) => {
    if (kept.has(key)) return kept.get(key)
    let found: RawValue | ConfigurationError | undefined
    try {
      found = find(key, [])
      if (found?.value.trim() === '') found = undefined
    } catch (error) {
      if (!(error instanceof LookupFailure)) throw error
      found = error.problem
    }
    kept.set(key, found)
    return found
  }
}

/**
 * Gathers what is set where, without judging it. The order is `config/<environment>.json`, `.env`,
 * environment; the later wins, and an empty value counts as not set. Never throws for bad content.
 */
export function loadSources(options: SourceOptions): Sources {
  const env = options.env ?? environment
  const directory = resolve(options.directory)
  const name = options.environment ?? env.NODE_ENV ?? 'development'
  const assigned = new Map<string, Assigned>()
  const errors: ConfigurationError[] = []
  const files = new Set<string>()
  const assign = (key: string, value: string, origin: string) => {
    if (value.trim() !== '') assigned.set(key, { value, origin })
  }
  const read = (label: string, take: (text: string) => void) => {
    files.add(resolve(directory, label))
    try {
      const text = readIfThere(resolve(directory, label))
      if (text !== undefined) take(text)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      errors.push({ key: label, origin: label, expected: `expected a readable file (${why})` })
    }
  }

  if (/^[A-Za-z0-9][\w-]*$/.test(name)) {
    read(`config/${name}.json`, (text) => {
      const file = readConfigFile(text, `config/${name}.json`)
      for (const [key, value] of file.values) assign(key, value, `config/${name}.json`)
      errors.push(...file.errors)
    })
  } else {
    const expected = 'expected letters, digits, _ and - only'
    errors.push({ key: 'environment', origin: 'name of the environment', expected, value: name })
  }
  read('.env', (text) => {
    const dotenv = parseDotenv(text, '.env')
    for (const [key, { value, line }] of dotenv.values) assign(key, value, `.env:${line}`)
    errors.push(...dotenv.errors)
  })
  for (const [key, value] of Object.entries(env)) assign(key, value ?? '', 'environment')

  return {
    directory,
    environment: name,
    keys: new Map([...assigned].map(([key, { origin }]) => [key, origin])),
    errors,
    files,
    lookup: createLookup(assigned, directory, files),
  }
}
