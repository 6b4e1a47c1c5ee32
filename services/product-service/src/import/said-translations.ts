// What a row says of its product in other languages, and how that joins what there is.
import type { ProductContent } from '../products/products.store.ts'
import { productTexts } from '../translations/given.ts'

/** Parts that were said; the others stay as they are. */
export interface SaidTranslation {
  readonly locale: string
  readonly title?: string
  readonly description?: string
  readonly terms: readonly { readonly term: string; readonly text: string }[]
}

/** What they come to together; `untitled` are languages in which nobody says what the product is called. */
export function joined(
  before: ProductContent['translations'],
  said: readonly SaidTranslation[],
): { translations: ProductContent['translations']; untitled: string[] } {
  if (said.length === 0) return { translations: before, untitled: [] }
  const all = new Map<string, Omit<SaidTranslation, 'locale'>>(
    before.map(({ locale, description, ...one }) => [
      locale,
      { ...one, ...(description !== null && { description }) },
    ]),
  )
  for (const { locale, terms, ...texts } of said) {
    const known = all.get(locale)
    all.set(locale, { ...known, ...texts, terms: [...(known?.terms ?? []), ...terms] })
  }
  const whole = [...all].flatMap(([locale, { title, description = null, terms }]) =>
    title === undefined ? [] : [{ locale, title, description, terms }],
  )
  return {
    translations: productTexts(whole),
    untitled: [...all].flatMap(([locale, { title }]) => (title === undefined ? [locale] : [])),
  }
}
