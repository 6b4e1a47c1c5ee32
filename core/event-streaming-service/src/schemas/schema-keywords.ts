import { isObject, kinds } from './json-schema.ts'
import { patternFault } from './pattern.ts'
import { formats } from './validator.ts'

/** What stands under a keyword: a schema, several, or a value that it may have. */
type Keyword =
  | { readonly holds: 'schema' | 'list' | 'map' }
  /** Answers what is wrong with the value, if anything is. */
  | { readonly fault: (value: unknown) => string | undefined }

const maxEnum = 500

const annotation: Keyword = { fault: () => undefined }
const type: Keyword = {
  fault(value) {
    const names: readonly unknown[] = Array.isArray(value) ? value : [value]
    const known = [...kinds, 'integer'] as readonly unknown[]
    const isGood = names.length > 0 && names.every((one) => known.includes(one))
    return isGood && new Set(names).size === names.length
      ? undefined
      : `must be one or some of ${known.join(', ')}`
  },
}
const number: Keyword = {
  fault: (value) => (typeof value === 'number' ? undefined : 'must be a number'),
}
const count: Keyword = {
  fault: (value) =>
    Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'must be 0 or a whole number',
}
const words: Keyword = {
  fault: (value) =>
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string') &&
    new Set(value).size === value.length
      ? undefined
      : 'must be a list of names, each once',
}

/** Every keyword that a schema may have. Where one is not here, it is refused, never passed over. */
export const keywords: Readonly<Record<string, Keyword>> = {
  $schema: {
    fault: (value) =>
      value === 'https://json-schema.org/draft/2020-12/schema'
        ? undefined
        : 'must be https://json-schema.org/draft/2020-12/schema',
  },
  $comment: annotation,
  title: annotation,
  description: annotation,
  default: annotation,
  examples: annotation,
  deprecated: annotation,
  readOnly: annotation,
  writeOnly: annotation,
  $defs: { holds: 'map' },
  $ref: {
    fault: (value) =>
      typeof value === 'string' && /^#(\/|$)/.test(value)
        ? undefined
        : 'must point into this document: nothing is fetched',
  },
  type,
  enum: {
    fault: (value) =>
      Array.isArray(value) && value.length > 0 && value.length <= maxEnum
        ? undefined
        : `must be a list of 1 to ${maxEnum} values`,
  },
  const: annotation,
  properties: { holds: 'map' },
  required: words,
  additionalProperties: { holds: 'schema' },
  propertyNames: { holds: 'schema' },
  minProperties: count,
  maxProperties: count,
  items: { holds: 'schema' },
  prefixItems: { holds: 'list' },
  minItems: count,
  maxItems: count,
  uniqueItems: {
    fault: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  },
  minLength: count,
  maxLength: count,
  pattern: {
    fault: (value) => (typeof value === 'string' ? patternFault(value) : 'must be a text'),
  },
  format: {
    fault: (value) =>
      formats.some((one) => one === value) ? undefined : `must be one of ${formats.join(', ')}`,
  },
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: {
    fault: (value) => (Number(value) > 0 ? undefined : 'must be a number above 0'),
  },
  allOf: { holds: 'list' },
  anyOf: { holds: 'list' },
  oneOf: { holds: 'list' },
}

export const isAnnotation = (name: string): boolean =>
  name.startsWith('x-') || (keywords[name] === annotation && name !== 'const')

/** The schemas right under a keyword, each with the steps that lead to it. */
export function schemasUnder(name: string, value: unknown): [steps: string[], schema: unknown][] {
  const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined
  if (!keyword || !('holds' in keyword)) return []
  if (keyword.holds === 'schema') return [[[name], value]]
  if (keyword.holds === 'map' ? !isObject(value) : !Array.isArray(value)) return []
  return Object.entries(value as object).map(([key, one]) => [[name, key], one])
}
