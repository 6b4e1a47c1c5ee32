// The interactive reference. Everything it needs is served from here, and its content policy lets
// it speak to nobody else.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Gate } from '@prognetwork/shared-infrastructure/front'
import { addDocument } from '@prognetwork/shared-infrastructure/front'

/** The library sets styles on elements, and its pictures are data addresses in its style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ProgNetwork reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/reference.js" type="module"></script>
</head>
<body>
<div id="reference"></div>
<noscript><p>The reference needs JavaScript; <a href="/openapi.json">the OpenAPI document</a> says the same.</p></noscript>
</body>
</html>
`

/** `/docs`. */
export function mountReferencePage(gate: Gate): void {
  addDocument(gate, '/docs', () => ({
    type: 'text/html; charset=utf-8',
    content: page,
    headers: { 'content-security-policy': policy },
  }))
  addDocument(gate, '/docs/reference.js', () => ({
    type: 'text/javascript; charset=utf-8',
    content: readFileSync(new URL('./reference.js', import.meta.url)),
  }))
  addDocument(gate, '/docs/swagger-ui.css', () => ({
    type: 'text/css; charset=utf-8',
    content: readLibrary('swagger-ui.css'),
  }))
  addDocument(gate, '/docs/swagger-ui-bundle.js', () => ({
    type: 'text/javascript; charset=utf-8',
    content: readLibrary('swagger-ui-bundle.js'),
  }))
}

function readLibrary(file: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`))
}
