// Translations as they come in: each language once, in one order, so that the same is the same.
import type { InputError } from '@prognetwork/shared-infrastructure'
import { safeMarkup } from '../text/folding.ts'

interface InLanguage {
  readonly locale: string
}

/** Languages that stand there twice; `pointer` is where the list stands in the body. */
export function repeatedLanguages(
  pointer: string,
  translations: readonly InLanguage[] | undefined,
): InputError[] {
  const locales = (translations ?? []).map((one) => one.locale)
  return locales.flatMap((locale, at) =>
    locales.indexOf(locale) < at
      ? [
          {
            pointer: `${pointer}/${at}/locale`,
            expected: 'each language once',
            detail: `It repeats ${locale}`,
          },
        ]
      : [],
  )
}

export function inOrder<One extends InLanguage>(translations: readonly One[]): One[] {
  return translations.toSorted(by(({ locale }) => locale))
}

interface ProductText extends InLanguage {
  readonly title: string
  readonly description: string | null
  readonly terms: readonly { readonly term: string; readonly text: string }[]
}

/** Descriptions are cleaned; of several texts for one term the last one holds. */
export function productTexts(translations: readonly ProductText[]) {
  return inOrder(
    translations.map(({ locale, title, description, terms }) => ({
      ...{ locale, title },
      description: description ? safeMarkup(description) : null,
      terms: [...new Map(terms.map((one) => [one.term, one])).values()].sort(
        by(({ term }) => term),
      ),
    })),
  )
}

function by<One>(keyOf: (one: One) => string): (one: One, other: One) => number {
  return (one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)
}
