// What a schema allows, taken apart: data of one kind under several schemas at once, or a few values.
import { isDeepStrictEqual } from 'node:util'
import { isNever, type Json, type Kind, kinds, type Schema } from './json-schema.ts'
import { compileValidator, type Validator } from './validator.ts'

/** Everything that one alternative allows; together they allow all that the schema does. */
export type Alternative =
  | { readonly kind: 'values'; readonly values: readonly Json[] }
  | { readonly kind: Exclude<Kind, 'null' | 'boolean'>; readonly all: readonly Schema[] }

/** More than these are not compared. */
const maxAlternatives = 200

/**
 * The alternatives of data that fits all of `schemas`; undefined when they are too many. Of `oneOf`
 * it takes what fits any: more than is allowed, never less.
 */
export function alternativesOf(schemas: readonly Schema[]): readonly Alternative[] | undefined {
  const branches = distribute(schemas)
  const found = branches?.flatMap((all) => alternativesOfPlain(all))
  return found && found.length <= maxAlternatives ? found : undefined
}

/** Sums of products: each list has the plain keywords of its members to fulfil, and those alone. */
function distribute(schemas: readonly Schema[]): Schema[][] | undefined {
  let branches: Schema[][] = [[]]
  for (const schema of schemas) {
    const parts = [schema.anyOf, schema.oneOf].filter((one) => one !== undefined)
    const factors = [
      [[schema]],
      ...(schema.allOf ?? []).map((one) => distribute([one])),
      ...parts.map((part) => sum(part.map((one) => distribute([one])))),
    ]
    for (const factor of factors) {
      if (!factor || branches.length * factor.length > maxAlternatives) return undefined
      branches = branches.flatMap((one) => factor.map((other) => [...one, ...other]))
    }
  }
  return branches
}

function sum(parts: readonly (Schema[][] | undefined)[]): Schema[][] | undefined {
  return parts.every((one) => one !== undefined) ? parts.flat() : undefined
}

function alternativesOfPlain(all: readonly Schema[]): Alternative[] {
  if (all.some(isNever)) return []
  const listed = all.find((one) => one.enum !== undefined || one.const !== undefined)
  if (listed) return valuesIn(all, listed.enum ?? [listed.const as Json])
  return kinds
    .filter((kind) => all.every((one) => allowsKind(one, kind)))
    .flatMap((kind): Alternative[] => {
      if (kind === 'null') return [{ kind: 'values', values: [null] }]
      if (kind === 'boolean') return [{ kind: 'values', values: [false, true] }]
      return [{ kind, all }]
    })
}

function valuesIn(all: readonly Schema[], values: readonly Json[]): Alternative[] {
  const fitting = values.filter((value) => all.every((one) => fits(plain(one), value)))
  return fitting.length === 0 ? [] : [{ kind: 'values', values: fitting }]
}

export function allowsKind({ type }: Schema, kind: Kind): boolean {
  return !type || type.includes(kind) || (kind === 'number' && type.includes('integer'))
}

/** What stands beside the combinations, which `distribute` has taken out. */
function plain(schema: Schema): Schema {
  if (!schema.allOf && !schema.anyOf && !schema.oneOf) return schema
  const { allOf: _, anyOf: __, oneOf: ___, ...rest } = schema
  return rest
}

const validators = new WeakMap<Schema, Validator>()

export function fits(schema: Schema, value: Json): boolean {
  let validator = validators.get(schema)
  if (!validator) {
    validator = compileValidator(schema)
    validators.set(schema, validator)
  }
  return validator(value).length === 0
}

/** Whether no data can fit both: by their kinds, or by a field that always says which it is. */
export function areApart(schema: Schema, alternative: Alternative): boolean {
  if (alternative.kind === 'values') return !alternative.values.some((one) => fits(schema, one))
  const { kind, all } = alternative
  if (isNever(schema) || !allowsKind(schema, kind)) return true
  const always = all.flatMap((one) => one.required ?? [])
  return always.some((name) => {
    const wanted = valuesOf(own(schema.properties, name))
    return all.some((one) => {
      const given = valuesOf(own(one.properties, name))
      return given && wanted && !given.some((a) => wanted.some((b) => isDeepStrictEqual(a, b)))
    })
  })
}

const valuesOf = (schema: Schema | undefined) =>
  schema?.enum ?? (schema?.const === undefined ? undefined : [schema.const])

export function own<T>(holder: Readonly<Record<string, T>> | undefined, name: string) {
  return holder && Object.hasOwn(holder, name) ? holder[name] : undefined
}
