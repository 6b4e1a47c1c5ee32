// The frame of the few pages that public services show by themselves, for the time before a client
// is reached. Nothing is loaded from anywhere: style and script stand in the page, allowed by hash.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { StaticDocument } from './document.ts'

const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8')

export interface Page {
  readonly title: string
  /** BCP 47; English without one. */
  readonly language?: string
  /** HTML of the page's middle; nothing in it comes from a request. */
  readonly content: string
  /** A module script, as text. */
  readonly script?: string
  /** Wide enough for tables and code. */
  readonly wide?: boolean
}

export function pageDocument(page: Page): StaticDocument {
  const { title, language = 'en', content, script, wide = false } = page
  return {
    type: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': contentSecurityPolicy(script) },
    content: `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main${wide ? ' class="wide"' : ''}>
<h1>${title}</h1>
${content}
</main>
${script === undefined ? '' : `<script type="module">${script}</script>`}
</body>
</html>
`,
  }
}

/** Forms are sent by the script alone: a plain submit would put a password into the address. */
function contentSecurityPolicy(script: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    'img-src data:',
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
