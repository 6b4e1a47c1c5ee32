import type { CallInput, Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'

type Operations = typeof productContract.operations
type Product = Output<Operations['readCatalogueProduct']>
type Changes = CallInput<Operations['changeProduct']>['body']['changes']
type Translation = NonNullable<Changes['translations']>[number]

/** More of them is a work for a file. */
const maxFields = 200

/** What options of a product and their values are called in its own language, each once. */
export function termsOf({ options, variants }: Product): string[] {
  const values = variants.flatMap(({ optionValues }) => optionValues)
  return [...new Set([...options, ...values])].slice(0, maxFields)
}

/** Terms that something was typed for, in the order in which they are sent. */
export function termsTyped(terms: readonly string[], typed: Readonly<Record<string, string>>) {
  return terms.flatMap((term, at) => {
    const text = typed[`term-${at}`]?.trim() ?? ''
    return text === '' ? [] : [{ at, term, text }]
  })
}

/** All languages of a product, the one that was typed as the last; words without a field stay. */
export function translationsWith(
  product: Product,
  locale: string | undefined,
  typed: Readonly<Record<string, string>>,
): Translation[] {
  const others = product.translations.filter((one) => one.locale !== locale)
  if (typed.do === 'remove') return others
  const terms = termsOf(product)
  const before = product.translations.find((one) => one.locale === locale)
  const unseen = before?.terms.filter(({ term }) => !terms.includes(term)) ?? []
  const seen = termsTyped(terms, typed).map(({ term, text }) => ({ term, text }))
  return [
    ...others,
    {
      locale: locale ?? typed.locale?.trim() ?? '',
      title: typed.title?.trim() ?? '',
      description: typed.description?.trim() || null,
      terms: [...seen, ...unseen],
    },
  ]
}
