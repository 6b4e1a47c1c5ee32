import { isNever, type Schema } from './json-schema.ts'
import { type Compare, type Objection, objection } from './objection.ts'

type All = readonly Schema[]
type NumberKeyword = {
  [Name in keyof Schema]-?: Schema[Name] extends number | undefined ? Name : never
}[keyof Schema] &
  string

/** The strictest of what all schemas say at least, or at most. */
const least = (all: All, name: NumberKeyword, otherwise: number): number =>
  Math.max(otherwise, ...all.map((one) => one[name] ?? otherwise))
const most = (all: All, name: NumberKeyword, otherwise = Number.POSITIVE_INFINITY): number =>
  Math.min(otherwise, ...all.map((one) => one[name] ?? otherwise))

/** One bound of a count, such as minLength and maxLength. */
export function objectionsToCount(
  reader: Schema,
  names: { readonly min: NumberKeyword; readonly max: NumberKeyword },
  given: { readonly min: number; readonly max: number },
  what: string,
): Objection[] {
  const { min: atLeast = 0, max: atMost = Number.POSITIVE_INFINITY } = {
    min: reader[names.min],
    max: reader[names.max],
  }
  return [
    ...(given.min < atLeast ? [objection(reader, names.min, `fewer than ${atLeast} ${what}`)] : []),
    ...(given.max > atMost ? [objection(reader, names.max, `more than ${atMost} ${what}`)] : []),
  ]
}

export const countOf = (all: All, min: NumberKeyword, max: NumberKeyword) => {
  return { min: least(all, min, 0), max: most(all, max) }
}

export function objectionsToString(reader: Schema, all: All): Objection[] {
  const found = objectionsToCount(
    reader,
    { min: 'minLength', max: 'maxLength' },
    countOf(all, 'minLength', 'maxLength'),
    'characters',
  )
  // Whether one pattern means less than another is not decided; the same one means the same.
  const { pattern, format } = reader
  if (pattern !== undefined && !all.some((one) => one.pattern === pattern))
    found.push(objection(reader, 'pattern', 'strings that need not match this pattern'))
  if (format !== undefined && !all.some((one) => one.format === format))
    found.push(objection(reader, 'format', `strings that need not be of the format ${format}`))
  return found
}

export function objectionsToNumber(reader: Schema, all: All): Objection[] {
  const isWhole = all.some((one) => isInteger(one) || Number.isSafeInteger(one.multipleOf))
  const found: Objection[] = []
  if (isInteger(reader) && !isWhole)
    found.push(objection(reader, 'type', 'numbers that are not whole'))
  const lower = lowerBound(all, isWhole)
  const upper = upperBound(all, isWhole)
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = reader
  if (minimum !== undefined && lower.value < minimum)
    found.push(objection(reader, 'minimum', `numbers below ${minimum}`))
  if (maximum !== undefined && upper.value > maximum)
    found.push(objection(reader, 'maximum', `numbers above ${maximum}`))
  if (exclusiveMinimum !== undefined && !isBeyond(lower, exclusiveMinimum, 1))
    found.push(objection(reader, 'exclusiveMinimum', `numbers of ${exclusiveMinimum} and below`))
  if (exclusiveMaximum !== undefined && !isBeyond(upper, exclusiveMaximum, -1))
    found.push(objection(reader, 'exclusiveMaximum', `numbers of ${exclusiveMaximum} and above`))
  if (multipleOf !== undefined && !areMultiples(all, isWhole, multipleOf))
    found.push(objection(reader, 'multipleOf', `numbers that are no multiples of ${multipleOf}`))
  return found
}

function isInteger({ type = [] }: Schema): boolean {
  return type.includes('integer') && !type.includes('number')
}

interface Bound {
  readonly value: number
  readonly isExclusive: boolean
}

function lowerBound(all: All, isWhole: boolean): Bound {
  const value = least(all, 'minimum', Number.NEGATIVE_INFINITY)
  const beyond = least(all, 'exclusiveMinimum', Number.NEGATIVE_INFINITY)
  if (!isWhole) return beyond >= value ? { value: beyond, isExclusive: true } : inclusive(value)
  return inclusive(Math.max(Math.ceil(value), Math.floor(beyond) + 1))
}

function upperBound(all: All, isWhole: boolean): Bound {
  const value = most(all, 'maximum')
  const beyond = most(all, 'exclusiveMaximum')
  if (!isWhole) return beyond <= value ? { value: beyond, isExclusive: true } : inclusive(value)
  return inclusive(Math.min(Math.floor(value), Math.ceil(beyond) - 1))
}

const inclusive = (value: number): Bound => ({ value, isExclusive: false })

function isBeyond({ value, isExclusive }: Bound, limit: number, sign: 1 | -1): boolean {
  return sign * value > sign * limit || (isExclusive && value === limit)
}

/** Only whole steps are compared: of fractions no remainder can be trusted. */
function areMultiples(all: All, isWhole: boolean, wanted: number): boolean {
  if (isWhole && wanted === 1) return true
  return all.some(
    ({ multipleOf: given }) =>
      given === wanted ||
      (given !== undefined &&
        Number.isSafeInteger(given) &&
        Number.isSafeInteger(wanted) &&
        given % wanted === 0),
  )
}

export function objectionsToArray(reader: Schema, all: All, compare: Compare): Objection[] {
  const prefix = reader.prefixItems ?? []
  const known = Math.max(prefix.length, ...all.map((one) => one.prefixItems?.length ?? 0))
  const at = (index: number) => all.map((one) => one.prefixItems?.[index] ?? one.items ?? {})
  const { min, max: stated } = countOf(all, 'minItems', 'maxItems')
  const places = Array.from({ length: known + 1 }, (_, index) => at(index))
  const end = places.findIndex((one) => one.some(isNever))
  const max = end === -1 ? stated : Math.min(stated, end)
  if (min > max) return []
  const found = objectionsToCount(
    reader,
    { min: 'minItems', max: 'maxItems' },
    { min, max },
    'items',
  )
  for (const [index, writers] of places.entries()) {
    const own = prefix[index] ?? reader.items
    if (own && index < max) found.push(...compare(own, writers))
  }
  if (reader.uniqueItems === true && max > 1 && !all.some((one) => one.uniqueItems === true))
    found.push(objection(reader, 'uniqueItems', 'an item twice'))
  return found
}
