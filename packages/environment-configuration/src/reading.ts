import type { z } from 'zod'
import { type ConfigurationError, showValue } from './configuration-error.ts'
import { type Declaration, type Field, fieldsOf, textOf } from './declaration.ts'
import { isConfigurationError, type RawValue, type Sources } from './sources.ts'
import { findUnknown, type UnknownKey } from './unknown-key.ts'

/** One effective value, fit to be shown. */
export interface Entry {
  readonly key: string
  readonly owner: string
  /** Redacted where it is secret; undefined where the key is not set and has no default. */
  readonly value: string | undefined
  readonly origin: string
}

interface Shown {
  readonly entries: readonly Entry[]
  readonly errors: readonly ConfigurationError[]
}

/** What one reading gave: the frozen values, or every error there is. */
export type Reading<V> = Shown &
  ({ readonly ok: true; readonly values: V } | { readonly ok: false })

export type Values = Readonly<Record<string, unknown>>

export interface ReadingOfAll extends Shown {
  /** By owner; an owner whose part has errors is absent. */
  readonly values: ReadonlyMap<string, Values>
  readonly unknown: readonly UnknownKey[]
}

interface FoundField {
  readonly field: Field
  readonly raw: RawValue | undefined
  readonly isSecret: boolean
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  // The bytes of a buffer cannot be frozen; the attempt throws.
  if (ArrayBuffer.isView(value)) return
  Object.freeze(value)
  for (const inner of Object.values(value)) freezeDeep(inner)
}

function expectation(issue: z.core.$ZodIssue, field: Field): string {
  if (issue.code === 'invalid_type') return `expected ${field.kind}`
  const text = issue.message.replace(/^Invalid (input|option): /, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function errorOf(issue: z.core.$ZodIssue, owner: string, found: readonly FoundField[]) {
  const at = found.find(({ field }) => field.name === issue.path[0])
  if (!at) return { key: owner, origin: 'all keys together', expected: issue.message }
  const { key, kind } = at.field
  if (!at.raw) return { key, origin: 'not set', expected: `expected ${kind}` }
  const value = showValue(at.raw.value, at.isSecret)
  return { key, origin: at.raw.origin, expected: expectation(issue, at.field), value }
}

/** Takes the values of the declared keys from the sources, as text. */
function find(sources: Sources, declaration: Declaration, secretKeys: ReadonlySet<string>) {
  const found: FoundField[] = []
  const errors: ConfigurationError[] = []
  for (const field of fieldsOf(declaration)) {
    const raw = sources.lookup(field.key)
    if (field.mistake) {
      const expected = `expected ${field.mistake} in the declaration`
      errors.push({ key: field.key, origin: `declaration of ${declaration.owner}`, expected })
    } else if (isConfigurationError(raw)) errors.push(raw)
    else {
      const takesFromSecret = raw?.references.some((key) => secretKeys.has(key)) ?? false
      const isSecret = field.isSecret || takesFromSecret || (raw?.isFromFile ?? false)
      found.push({ field, raw, isSecret })
    }
  }
  return { found, errors }
}

/** Zod's own parsing does not throw, but a function inside a schema can. */
function parse<S extends z.ZodObject>(schema: S, input: Values, owner: string) {
  try {
    const { data, error } = schema.safeParse(input)
    return { data, issues: error?.issues ?? [], thrown: [] }
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error
    const expected = `expected a schema that does not throw (${name})`
    return {
      data: undefined,
      issues: [],
      thrown: [{ key: owner, origin: 'declaration', expected }],
    }
  }
}

function read<S extends z.ZodObject>(
  sources: Sources,
  declaration: Declaration<S>,
  secretKeys: ReadonlySet<string>,
): Reading<Readonly<z.infer<S>>> {
  const { owner, schema } = declaration
  const { found, errors } = find(sources, declaration, secretKeys)
  const set = found.flatMap(({ field, raw }) => (raw ? [[field.name, raw.value]] : []))
  const { data, issues, thrown } = parse(schema, Object.fromEntries(set), owner)
  const isWhole = errors.length === 0
  for (const issue of issues) {
    // Without all of its keys, what the schema says of the absent ones is not worth telling.
    const isTold = isWhole || found.some(({ field }) => field.name === issue.path[0])
    if (isTold) errors.push(errorOf(issue, owner, found))
  }
  errors.push(...thrown)
  const parsed: Values = data ?? {}
  const entries = found.map(({ field, raw, isSecret }) => {
    const text = Object.hasOwn(parsed, field.name) ? textOf(parsed[field.name]) : raw?.value
    const value = text === undefined ? undefined : showValue(text, isSecret)
    return { key: field.key, owner, value, origin: raw?.origin ?? 'default' }
  })
  if (errors.length > 0 || data === undefined) return { ok: false, entries, errors }
  freezeDeep(data)
  return { ok: true, values: data, entries, errors }
}

function secretKeysOf(declarations: readonly Declaration[]): Set<string> {
  const fields = declarations.flatMap((declaration) => fieldsOf(declaration))
  return new Set(fields.flatMap((field) => (field.isSecret ? [field.key] : [])))
}

/** Two owners of one key, or a key and its `_FILE` form: nobody could say which is meant. */
function clashesIn(declarations: readonly Declaration[]): ConfigurationError[] {
  const owners = new Map<string, string>()
  const errors: ConfigurationError[] = []
  for (const declaration of declarations) {
    for (const { key } of fieldsOf(declaration)) {
      const first = owners.get(key)
      owners.set(key, declaration.owner)
      const origin = `declaration of ${declaration.owner}`
      const expected = `expected one declaration, and ${first} has one too`
      if (first !== undefined) errors.push({ key, origin, expected })
    }
  }
  for (const key of owners.keys()) {
    const expected = `expected another name, because ${key}_FILE is declared as a key of its own`
    if (owners.has(`${key}_FILE`)) errors.push({ key, origin: 'declaration', expected })
  }
  return errors
}

/** Reads what one owner declares. Collects every error; never throws for what it reads. */
export function readConfiguration<S extends z.ZodObject>(
  sources: Sources,
  declaration: Declaration<S>,
): Reading<Readonly<z.infer<S>>> {
  const reading = read(sources, declaration, secretKeysOf([declaration]))
  if (sources.errors.length === 0) return reading
  const { entries, errors } = reading
  return { ok: false, entries, errors: [...sources.errors, ...errors] }
}

/** Reads what all owners declare; several declarations of one owner come together. */
export function readAll(sources: Sources, declarations: readonly Declaration[]): ReadingOfAll {
  const secretKeys = secretKeysOf(declarations)
  const values = new Map<string, Values>()
  const failed = new Set<string>()
  const entries: Entry[] = []
  const errors = [...sources.errors, ...clashesIn(declarations)]
  for (const declaration of declarations) {
    const { owner } = declaration
    const reading = read(sources, declaration, secretKeys)
    entries.push(...reading.entries)
    errors.push(...reading.errors)
    if (reading.ok) values.set(owner, Object.freeze({ ...values.get(owner), ...reading.values }))
    else failed.add(owner)
  }
  for (const owner of failed) values.delete(owner)
  return { values, entries, errors, unknown: findUnknown(sources, declarations) }
}
