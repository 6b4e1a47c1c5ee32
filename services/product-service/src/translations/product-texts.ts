// A product in the language of whoever reads it.
import type { ProductRow } from '../catalogue/catalogue.store.ts'
import type { KeptProduct } from '../products/products.store.ts'
import { fitting, nameIn } from './best-fit.ts'

type Translations = KeptProduct['translations']
type AttributeRow = ProductRow['attributes'][number]

/** Of a card, whose row has nothing but the titles. */
export function titleIn(
  { title, titles }: { readonly title: string; readonly titles: Readonly<Record<string, string>> },
  locales: readonly string[],
) {
  const locale = locales.find((one) => Object.hasOwn(titles, one))
  const translated = locale === undefined ? undefined : titles[locale]
  return { title: translated ?? title, locale: locale ?? null }
}

export function titlesOf(translations: Translations): Record<string, string> {
  return Object.fromEntries(translations.map(({ locale, title }) => [locale, title]))
}

/** What was not translated stays as its tenant wrote it. */
export function productIn({ translations, ...row }: ProductRow, locales: readonly string[]) {
  const fits = fitting(translations, locales)
  const [fit] = fits
  const described = fits.find((one) => one.description !== null)
  const called = wordsOf(fits)
  return {
    ...row,
    title: fit?.title ?? row.title,
    locale: fit?.locale ?? null,
    description: described?.description ?? row.description,
    descriptionLocale: described?.locale ?? null,
    options: row.options.map(called),
    categories: row.categories.map(({ id, slug, ...category }) => ({
      ...{ id, slug },
      name: nameIn(category, locales).name,
    })),
    attributes: row.attributes.map((attribute) => attributeIn(attribute, locales)),
    variants: row.variants.map((variant) => ({
      ...variant,
      optionValues: variant.optionValues.map(called),
    })),
  }
}

interface Sold {
  readonly title: string
  readonly optionValues: readonly string[]
  readonly translations: Translations
}

/** What an order calls it; sold_as of the database says the same of what is held. */
export function soldAs({ title, optionValues, translations }: Sold, locales: readonly string[]) {
  const fits = fitting(translations, locales)
  return { title: fits[0]?.title ?? title, optionValues: optionValues.map(wordsOf(fits)) }
}

function attributeIn({ translations, ...attribute }: AttributeRow, locales: readonly string[]) {
  const { label, unit, shown } = describedIn({ ...attribute, translations }, locales)
  return { ...attribute, label, unit, value: shown(attribute.value) }
}

interface Described {
  readonly label: string
  readonly unit: string | null
  readonly translations: AttributeRow['translations']
}

/** How an attribute is called and its unit, and what its values are. */
export function describedIn({ label, unit, translations }: Described, locales: readonly string[]) {
  const fits = fitting(translations, locales)
  return {
    label: fits[0]?.label ?? label,
    unit: fits.find((one) => one.unit !== null)?.unit ?? unit,
    shown: words(
      fits.map(({ choices }) => choices.map(({ choice, text }) => [choice, text] as const)),
    ),
  }
}

function wordsOf(fits: Translations) {
  return words(fits.map(({ terms }) => terms.map(({ term, text }) => [term, text] as const)))
}

/** Of the nearest language that has one for it. */
function words(nearestFirst: readonly (readonly (readonly [string, string])[])[]) {
  const known = new Map(nearestFirst.toReversed().flat())
  return (word: string) => known.get(word) ?? word
}
