import { isDeepStrictEqual } from 'node:util'
import { type Alternative, allowsKind, alternativesOf, areApart, fits } from './alternatives.ts'
import { isNever, type Schema } from './json-schema.ts'
import { objectionsToObject } from './object-fields.ts'
import { type Compare, doubt, type Objection, objection } from './objection.ts'
import { objectionsToArray, objectionsToNumber, objectionsToString } from './plain-data.ts'

/** Comparing is quadratic at its worst; what needs more steps than these is not decided. */
const maxSteps = 5_000

export function createComparison(): Compare {
  let steps = 0

  const objections: Compare = (reader, writers) => {
    if (writers.some((one) => isDeepStrictEqual(one, reader))) return []
    const alternatives = alternativesOf(writers)
    if (!alternatives) return [doubt(reader, 'it combines too many alternatives')]
    return alternatives.flatMap((one) => objectionsTo(reader, one))
  }

  /** What the reader objects to in one alternative of the writer. */
  function objectionsTo(reader: Schema, alternative: Alternative): Objection[] {
    steps += 1
    if (steps > maxSteps) return [doubt(reader, 'the schemas are too large to compare')]
    if (alternative.kind === 'values')
      return alternative.values
        .filter((value) => !fits(reader, value))
        .map((value) => objection(reader, '', `the value ${shown(value)}`))
    if (isNever(reader)) return [objection(reader, '', article[alternative.kind])]
    if (alternative.all.some((one) => isDeepStrictEqual(one, reader))) return []
    return [
      ...objectionsToPlain(reader, alternative),
      ...(reader.allOf ?? []).flatMap((one) => objectionsTo(one, alternative)),
      ...(reader.anyOf ? fewest(reader.anyOf, alternative) : []),
      ...(reader.oneOf ? objectionsToOne(reader.oneOf, alternative) : []),
    ]
  }

  /** One branch must take all of it; otherwise what the nearest objects to is said. */
  function fewest(branches: readonly Schema[], alternative: Alternative): Objection[] {
    let best: Objection[] | undefined
    const near = branches.filter((one) => !areApart(one, alternative))
    for (const branch of near.length > 0 ? near : branches) {
      const found = objectionsTo(branch, alternative)
      if (found.length === 0) return []
      if (!best || found.length < best.length) best = found
    }
    return best ?? []
  }

  /** One branch takes all of it, and no other any of it. */
  function objectionsToOne(branches: readonly Schema[], alternative: Alternative): Objection[] {
    const taking = branches.find((one) => objectionsTo(one, alternative).length === 0)
    if (!taking) return fewest(branches, alternative)
    return branches
      .filter((one) => one !== taking && !areApart(one, alternative))
      .map((one) => doubt(one, 'what fits another branch of oneOf may fit this one as well'))
  }

  function objectionsToPlain(
    reader: Schema,
    alternative: Exclude<Alternative, { kind: 'values' }>,
  ): Objection[] {
    const { kind, all } = alternative
    if (reader.enum ?? reader.const !== undefined) {
      const name = reader.enum ? 'enum' : 'const'
      return [objection(reader, name, `${article[kind]} that is not listed`)]
    }
    if (!allowsKind(reader, kind)) return [objection(reader, 'type', article[kind])]
    if (kind === 'string') return objectionsToString(reader, all)
    if (kind === 'number') return objectionsToNumber(reader, all)
    if (kind === 'array') return objectionsToArray(reader, all, objections)
    return objectionsToObject(reader, all, objections)
  }

  return objections
}

const article = {
  string: 'a string',
  number: 'a number',
  array: 'a list',
  object: 'an object',
} as const

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
