import { attributeMissing } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'
import { readDecimal, readValue } from '../attributes/attribute-values.ts'
import type { Attribute } from '../attributes/attributes.store.ts'

/** What products must have of one attribute: one of the values, or a number in one of the ranges. */
export interface AttributeFilter {
  readonly id: string
  readonly accepted: readonly string[]
  readonly ranges: readonly {
    readonly lowest: string | undefined
    readonly highest: string | undefined
  }[]
}

/** Filters as shoppers write them, `key:value`. A value that no product can have finds nothing. */
export function readFilters(
  asked: readonly string[],
  attributes: readonly Attribute[],
): AttributeFilter[] {
  const byKey = Map.groupBy(asked, (one) => one.slice(0, one.indexOf(':')))
  return [...byKey].map(([key, several]) => {
    const attribute = attributes.find((one) => one.key === key)
    if (!attribute?.isFilterable)
      throw new Problem(attributeMissing, `No attribute ${key} can be filtered by`)
    const values = several.map((one) => one.slice(key.length + 1))
    const ranges = attribute.type === 'number' ? values.flatMap(rangeOf) : []
    const accepted = values.flatMap((value) => readValue(attribute, value.trim()) ?? [])
    return { id: attribute.id, accepted, ranges }
  })
}

function rangeOf(text: string): AttributeFilter['ranges'] {
  const ends = text.split('..').map((end) => end.trim())
  const [lowest, highest] = ends.map(readDecimal)
  const isRange = ends.length === 2 && (lowest !== undefined || highest !== undefined)
  const isRead = ends.every((end) => end === '' || readDecimal(end) !== undefined)
  return isRange && isRead ? [{ lowest, highest }] : []
}
