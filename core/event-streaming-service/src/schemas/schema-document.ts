// Schemas are written by tenants, so a document is judged before anything is made of it: only known
// keywords, no reference out of it or back to itself, and never too large to be read.
import {
  type Finding,
  isDeeperThan,
  isObject,
  type JsonObject,
  maxDepth,
  pointer,
  type Schema,
  step,
} from './json-schema.ts'
import { isAnnotation, keywords, schemasUnder } from './schema-keywords.ts'

const maxCharacters = 65_536
const maxNesting = 100
/** Schemas in it, each counted as often as it is referred to. */
const maxSchemas = 400
/** Each item is compared with each other. */
const maxUniqueItems = 100
const maxFindings = 50

/** What is wrong with a document; nothing when it can be registered. */
export function judgeDocument(document: JsonObject): Finding[] {
  if (isDeeperThan(document, maxNesting))
    return [{ pointer: '', detail: `nests deeper than ${maxNesting} levels` }]
  if (JSON.stringify(document).length > maxCharacters)
    return [{ pointer: '', detail: `is larger than ${maxCharacters} characters` }]
  const findings = judgeSchema(document, '', 0)
  if (findings.length === 0) findings.push(...judgeExpansion(document))
  if (findings.length === 0 && ![document.type].flat().includes('object'))
    findings.push({ pointer: '/type', detail: 'must be object: the data of an event has fields' })
  return findings.slice(0, maxFindings)
}

function judgeSchema(schema: unknown, path: string, depth: number): Finding[] {
  if (typeof schema === 'boolean') return []
  if (!isObject(schema)) return [{ pointer: path, detail: 'must be a schema' }]
  if (depth > maxDepth) return [{ pointer: path, detail: `is deeper than ${maxDepth} schemas` }]
  return Object.entries(schema).flatMap(([name, value]) => {
    const place = step(path, name)
    if (name.startsWith('x-')) return []
    const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined
    if (!keyword) return [{ pointer: place, detail: 'is no keyword that is understood here' }]
    if ('fault' in keyword) {
      const detail = keyword.fault(value) ?? faultAmong(name, schema)
      return detail === undefined ? [] : [{ pointer: place, detail }]
    }
    if (keyword.holds !== 'schema') {
      const isRight = keyword.holds === 'list' ? isFilled(value) : isNamed(value)
      if (!isRight) return [{ pointer: place, detail: `must be a ${keyword.holds} of schemas` }]
    }
    return schemasUnder(name, value).flatMap(([steps, one]) =>
      judgeSchema(one, steps.reduce(step, path), depth + 1),
    )
  })
}

const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0
const isNamed = (value: unknown) => isObject(value) && !Object.hasOwn(value, '__proto__')

function faultAmong(name: string, schema: Readonly<Record<string, unknown>>): string | undefined {
  if (name !== 'uniqueItems' || schema.uniqueItems !== true) return undefined
  if (Number(schema.maxItems) <= maxUniqueItems) return undefined
  return `needs a maxItems of at most ${maxUniqueItems} beside it`
}

/** Follows every reference, so that none leads nowhere or back, and counts what there is then. */
function judgeExpansion(document: JsonObject): Finding[] {
  let count = 0
  const findings: Finding[] = []
  function follow(schema: unknown, path: string, above: readonly unknown[]): void {
    if (findings.length > 0 || !isObject(schema)) return
    count += 1
    if (above.includes(schema)) findings.push({ pointer: path, detail: 'refers back to itself' })
    else if (above.length > maxDepth) findings.push({ pointer: path, detail: 'is too deep' })
    else if (count > maxSchemas)
      findings.push({ pointer: '', detail: `has more than ${maxSchemas} schemas in it` })
    if (findings.length > 0) return
    const under = [...above, schema]
    if (typeof schema.$ref === 'string') {
      const found = lookUp(document, schema.$ref)
      if (found === undefined)
        findings.push({ pointer: step(path, '$ref'), detail: 'leads to no schema' })
      else follow(found.schema, step(path, '$ref'), under)
    }
    for (const [name, value] of Object.entries(schema))
      if (name !== '$defs')
        for (const [steps, one] of schemasUnder(name, value))
          follow(one, steps.reduce(step, path), under)
  }
  follow(document, '', [])
  return findings
}

interface Place {
  readonly schema: unknown
  readonly path: string
}

/** What a reference leads to, if that is a place where a schema stands. */
function lookUp(document: JsonObject, reference: string): Place | undefined {
  const path = decodeFragment(reference.slice(1))
  return path === undefined ? undefined : descend({ schema: document, path: '' }, path)
}

function descend(from: Place, path: string): Place | undefined {
  if (from.path === path) return from
  const next = Object.entries(isObject(from.schema) ? from.schema : {})
    .flatMap(([name, value]) => schemasUnder(name, value))
    .map(([steps, schema]) => ({ schema, path: steps.reduce(step, from.path) }))
    .find((one) => one.path === path || path.startsWith(`${one.path}/`))
  return next && descend(next, path)
}

function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    // A percent sign that begins nothing leads nowhere.
    return undefined
  }
}

/** The schema that a document is, once nothing was found wrong with it. */
export function readDocument(document: JsonObject): Schema {
  function read(schema: unknown, path: string): Schema {
    if (!isObject(schema)) return at(schema === false ? { not: {} } : {}, path)
    const { $ref: reference, ...rest } = schema
    const entries = Object.entries(rest).flatMap(([name, value]): [string, unknown][] => {
      if (isAnnotation(name) || name.startsWith('$')) return []
      if (name === 'type') return [[name, [value].flat().toSorted()]]
      if (name === 'required' && Array.isArray(value)) return [[name, value.toSorted()]]
      const under = schemasUnder(name, value)
      if (under.length === 0) return [[name, value]]
      const schemas = under.map(([steps, one]) => read(one, steps.reduce(step, path)))
      if (Array.isArray(value)) return [[name, schemas]]
      if (under[0]?.[0].length === 1) return [[name, schemas[0]]]
      return [[name, Object.fromEntries(under.map(([[, key]], index) => [key, schemas[index]]))]]
    })
    const own = at(Object.fromEntries(entries), path)
    const found = typeof reference === 'string' ? lookUp(document, reference) : undefined
    if (!found) return own
    const target = read(found.schema, found.path)
    return entries.length === 0 ? target : at({ allOf: [target, own] }, path)
  }
  return read(document, '')
}

/** Where a schema stands is no part of it: two that say the same are equal. */
function at(schema: Schema, path: string): Schema {
  return Object.defineProperty(schema, pointer, { value: path })
}
