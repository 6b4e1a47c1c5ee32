/** What may be shown to whoever reads this language, the nearest first: de-AT, de (RFC 4647, 3.4). */
export function localesFor(wanted: string | undefined): string[] {
  const parts = wanted?.split('-') ?? []
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('-'))
}

/** The nearest of them; undefined where only the tenant's own language is left. */
export function bestFit<One extends { readonly locale: string }>(
  translations: readonly One[],
  locales: readonly string[],
): One | undefined {
  return fitting(translations, locales)[0]
}

/** All of them that do, the nearest first. */
export function fitting<One extends { readonly locale: string }>(
  translations: readonly One[],
  locales: readonly string[],
): One[] {
  return locales.flatMap((locale) => translations.find((one) => one.locale === locale) ?? [])
}

interface Named {
  readonly name: string
  readonly translations: readonly { readonly locale: string; readonly name: string }[]
}

/** A name as it is read, and in which language that is. */
export function nameIn({ name, translations }: Named, locales: readonly string[]) {
  const fit = bestFit(translations, locales)
  return { name: fit?.name ?? name, locale: fit?.locale ?? null }
}
