// What a catalogue says in other languages than its tenant's own, in which everything else is written.
import { z } from 'zod'
import { languageTag, text } from '../shapes.ts'

/** Of what a reader wants; the nearest there is, de for de-AT, or else the tenant's own. */
export const wanted = { locale: languageTag.optional() }

/** Which language a text is in: null is the one of the tenant. */
export const readIn = z.string().nullable()

const of = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ locale: languageTag, ...shape })
/** Besides its tenant's own. */
export const maxLanguages = 30
/** A term for every option and every value that variants of one product can have. */
const maxTerms = 6_003
/** Given ones replace all that there were; each language stands there once. */
const several = <One extends z.ZodType>(one: One) => z.array(one).max(maxLanguages)

/** Shown as HTML; elements that text is not made of are removed. */
export const description = z.string().max(100_000)

export const productTranslations = several(
  of({
    title: text(1, 255),
    /** Without one the nearest other language is shown. */
    description: description.nullable().default(null),
    /** What options and values of theirs are called, wherever they stand in the product. */
    terms: z
      .array(z.strictObject({ term: text(1, 200), text: text(1, 200) }))
      .max(maxTerms)
      .default([]),
  }),
)
export const nameTranslations = several(of({ name: text(1, 100) }))
export const attributeTranslations = several(
  of({
    label: text(1, 100),
    /** The attribute's own where it is null. */
    unit: text(1, 20).nullable().default(null),
    /** Each for one of the choices. */
    choices: z
      .array(z.strictObject({ choice: text(1, 200), text: text(1, 200) }))
      .max(200)
      .default([]),
  }),
)

export const exampleTranslations = [
  {
    ...{ locale: 'de', title: 'Tontopf', description: '<p>Zweimal gebrannt.</p>' },
    terms: [
      { term: 'Large', text: 'Groß' },
      { term: 'Size', text: 'Größe' },
    ],
  },
]
export const exampleNames = (name: string) => [{ locale: 'de', name }]
