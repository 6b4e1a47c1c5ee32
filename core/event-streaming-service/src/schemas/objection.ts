import { pointer, type Schema, step } from './json-schema.ts'

/** What a writer may write and a reader does not take. */
export interface Objection {
  /** Where the reader's document says so. */
  readonly pointer: string
  /** The data that is not taken, as in "allows ...". */
  readonly data: string
  /** A sentence instead, where it could not be decided. */
  readonly doubt?: string
}

/** What the reader objects to in data that fits all of the writer's schemas. */
export type Compare = (reader: Schema, writers: readonly Schema[]) => Objection[]

export function objection(reader: Schema, keyword: string, data: string): Objection {
  const place = reader[pointer] ?? ''
  return { pointer: keyword === '' ? place : step(place, keyword), data }
}

export function doubt(reader: Schema, why: string): Objection {
  const sentence = `It cannot be decided whether this is compatible: ${why}`
  return { pointer: reader[pointer] ?? '', data: '', doubt: sentence }
}
