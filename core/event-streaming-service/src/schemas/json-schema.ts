// JSON Schema (draft 2020-12) as far as events are described by it: every keyword that is here is
// both checked in data and understood when two versions are compared, and no other is taken.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

export const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const
export type Kind = (typeof kinds)[number]

/**
 * A schema in which nothing is left to look up: references are resolved, `false` is `not: {}`, what
 * only annotates is gone, and lists whose order says nothing are in order.
 */
export interface Schema {
  /** Where it stands in the document, as a JSON pointer; not part of what it says. */
  readonly [pointer]?: string
  readonly not?: object
  readonly type?: readonly (Kind | 'integer')[]
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
  readonly propertyNames?: Schema
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export const pointer = Symbol('pointer')

export const isNever = (schema: Schema): boolean => schema.not !== undefined

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A step further in a JSON pointer (RFC 6901). */
export const step = (path: string, name: string | number): string =>
  `${path}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** What is wrong, and where. */
export interface Finding {
  /** A JSON pointer into the document that it is about. */
  readonly pointer: string
  readonly detail: string
}

/** How deep schemas and their data are read. */
export const maxDepth = 32

/** Whether values stand in each other deeper than `depth`; data that nests for its own sake. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value]
  for (let at = 0; at <= depth; at++) {
    level = level.flatMap((one) => (typeof one === 'object' && one ? Object.values(one) : []))
    if (level.length === 0) return false
  }
  return true
}
