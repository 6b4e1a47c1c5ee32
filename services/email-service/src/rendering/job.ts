import type { Values } from '../tables.ts'

/** A template as people write it: Liquid in all three parts. */
export interface Source {
  readonly subject: string
  readonly mjml: string
  readonly text: string
}

/** A template whose MJML was made into HTML. */
export interface Compiled {
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Where a template is wrong; lines count from 1. */
export interface Fault {
  readonly part: keyof Source | 'html'
  readonly line: number
  readonly detail: string
}

/** What the worker is asked for; `isStrict` refuses values that are not there. */
export type Job =
  | { readonly kind: 'compile'; readonly source: Source; readonly sample: Values }
  | {
      readonly kind: 'fill'
      readonly compiled: Compiled
      readonly values: Values
      readonly isStrict: boolean
    }

export type Result = { readonly done: Compiled } | { readonly faults: readonly Fault[] }
