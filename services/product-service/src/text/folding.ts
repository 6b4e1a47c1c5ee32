import sanitizeHtml from 'sanitize-html'

/**
 * Text by its words alone, for comparing and searching: no case, no accents, no punctuation, one
 * space between words (Unicode NFKD without combining marks).
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/**
 * The slug that a name gets by itself; empty when it has no letter and no digit. Never looks like
 * an id, as catalogueSlug demands.
 */
export function slugOf(name: string): string {
  const slug = cut(fold(name), 120).trim().replaceAll(' ', '-')
  return slug.replace(/^([0-9a-f]{8})-(?=[0-9a-f]{4}-)/, '$1')
}

/** The beginning of a text, without half of a character at its end. */
export function cut(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '')
}

/**
 * A description as it may stand in any page: elements that text is made of, links and pictures by
 * http(s); no scripts, styles, forms or frames.
 */
export function safeMarkup(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [
      ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
      ...['b', 'strong', 'i', 'em', 'u', 's', 'small', 'sub', 'sup', 'span', 'div', 'a', 'img'],
      ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'figure', 'figcaption'],
      ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
    ],
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https'] },
    allowProtocolRelative: false,
  })
}

/** The words of a description, without its elements. */
export function plainText(html: string): string {
  const text = sanitizeHtml(html.replaceAll('<', ' <'), { allowedTags: [], allowedAttributes: {} })
  // It writes these four as entities, whose names are no words of the text.
  return text.replaceAll(/&(?:amp|lt|gt|quot);/g, ' ')
}
