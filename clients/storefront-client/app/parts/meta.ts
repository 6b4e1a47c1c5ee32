import type { MetaDescriptor } from 'react-router'
import { alternatesOf, inLanguage } from './languages.ts'

interface Described {
  readonly title: string
  readonly description?: string
  /** Its one address, whatever it was reached by; without it no search engine keeps the page. */
  readonly address?: string
  /** As schema.org has it. */
  readonly structured?: { readonly [key: string]: string | number | object }
}

/** What a loader answers for the head of its page. */
export function describe(described: Described): { described: Described } {
  return { described }
}

export function metaOf({
  loaderData,
  matches,
}: {
  loaderData?: { described: Described } | undefined
  matches: readonly ({ readonly loaderData?: unknown } | undefined)[]
}): MetaDescriptor[] {
  if (!loaderData) return [{ name: 'robots', content: 'noindex' }]
  const { title, description, address, structured } = loaderData.described
  const asked = askedOf(matches[0]?.loaderData)
  const canonical = address && (asked === undefined ? address : inLanguage(address, asked))
  return [
    { title },
    ...(description === undefined ? [] : [{ name: 'description', content: description }]),
    ...(address === undefined
      ? [{ name: 'robots', content: 'noindex' }]
      : [
          { tagName: 'link', rel: 'canonical', href: canonical },
          ...alternatesOf(address).map((one) => ({
            ...{ tagName: 'link', rel: 'alternate' },
            ...{ hrefLang: one.language, href: one.address },
          })),
          { property: 'og:url', content: canonical },
        ]),
    { property: 'og:title', content: title },
    ...(structured === undefined
      ? []
      : [{ 'script:ld+json': { '@context': 'https://schema.org', ...structured } }]),
  ]
}

/** The language that the address of the page asks for, which the root of all pages knows. */
function askedOf(root: unknown): string | undefined {
  return typeof root === 'object' && root && 'asked' in root && typeof root.asked === 'string'
    ? root.asked
    : undefined
}
