import { fits, own } from './alternatives.ts'
import { isNever, type Schema } from './json-schema.ts'
import { type Compare, type Objection, objection } from './objection.ts'
import { countOf, objectionsToCount } from './plain-data.ts'

type All = readonly Schema[]

export function objectionsToObject(reader: Schema, all: All, compare: Compare): Objection[] {
  const always = new Set(all.flatMap((one) => one.required ?? []))
  // Whoever must have a field and may not have it writes nothing at all.
  if ([...always].some((name) => !canHave(all, name))) return []
  const names = new Set(all.flatMap((one) => Object.keys(one.properties ?? {})))
  const found: Objection[] = (reader.required ?? [])
    .filter((name) => !always.has(name))
    .map((name) => objection(reader, 'required', `data without "${name}"`))
  const { propertyNames } = reader
  for (const name of new Set([...Object.keys(reader.properties ?? {}), ...names])) {
    if (!canHave(all, name)) continue
    if (propertyNames && !fits(propertyNames, name))
      found.push(objection(reader, 'propertyNames', `a field "${name}"`))
    const known = own(reader.properties, name)
    const taking = known ?? reader.additionalProperties
    if (taking)
      found.push(...compareField(reader, taking, { all, name, isKnown: !!known }, compare))
  }
  return [...found, ...objectionsToOthers(reader, all, compare), ...objectionsToSize()]

  function objectionsToSize(): Objection[] {
    const { min, max } = countOf(all, 'minProperties', 'maxProperties')
    const isClosed = others(all).some(isNever)
    const given = {
      min: Math.max(min, always.size),
      max: isClosed ? Math.min(max, names.size) : max,
    }
    return objectionsToCount(
      reader,
      { min: 'minProperties', max: 'maxProperties' },
      given,
      'fields',
    )
  }
}

/** The schemas that the field of a name has to fit. */
const fieldOf = (all: All, name: string): Schema[] =>
  all.map((one) => own(one.properties, name) ?? one.additionalProperties ?? {})

/** The schemas of fields that none of them names. */
const others = (all: All): Schema[] => all.map((one) => one.additionalProperties ?? {})

function canHave(all: All, name: string): boolean {
  if (all.some(({ propertyNames }) => propertyNames && !fits(propertyNames, name))) return false
  return !fieldOf(all, name).some(isNever)
}

function compareField(
  reader: Schema,
  taking: Schema,
  { all, name, isKnown }: { all: All; name: string; isKnown: boolean },
  compare: Compare,
): Objection[] {
  if (!isKnown && isNever(taking))
    return [objection(reader, 'additionalProperties', `a field "${name}"`)]
  const isFree = all.every((one) => !own(one.properties, name) && !one.additionalProperties)
  const found = compare(taking, fieldOf(all, name))
  return isFree && found[0]
    ? [{ pointer: found[0].pointer, data: `anything as "${name}", which it does not name` }]
    : found
}

/** Fields that neither side names. */
function objectionsToOthers(reader: Schema, all: All, compare: Compare): Objection[] {
  const fields = others(all)
  if (fields.some(isNever)) return []
  const { additionalProperties: taking, propertyNames } = reader
  const names = all.flatMap((one) => one.propertyNames ?? [])
  const found: Objection[] = []
  if (taking && isNever(taking))
    found.push(objection(reader, 'additionalProperties', 'fields that it does not name'))
  else if (taking) found.push(...compare(taking, fields))
  if (propertyNames) found.push(...compare(propertyNames, [{ type: ['string'] }, ...names]))
  return found
}
