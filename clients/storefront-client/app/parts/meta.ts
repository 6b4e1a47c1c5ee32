import type { MetaDescriptor } from 'react-router'

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
}: {
  loaderData?: { described: Described } | undefined
}): MetaDescriptor[] {
  if (!loaderData) return [{ name: 'robots', content: 'noindex' }]
  const { title, description, address, structured } = loaderData.described
  return [
    { title },
    ...(description === undefined ? [] : [{ name: 'description', content: description }]),
    ...(address === undefined
      ? [{ name: 'robots', content: 'noindex' }]
      : [
          { tagName: 'link', rel: 'canonical', href: address },
          { property: 'og:url', content: address },
        ]),
    { property: 'og:title', content: title },
    ...(structured === undefined
      ? []
      : [{ 'script:ld+json': { '@context': 'https://schema.org', ...structured } }]),
  ]
}
