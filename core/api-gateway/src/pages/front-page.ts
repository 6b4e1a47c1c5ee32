import type { Gate } from '@prognetwork/shared-infrastructure/front'
import { addDocument, pageDocument } from '@prognetwork/shared-infrastructure/front'

/** `/`: where a person goes who opens the address of an API. */
export function mountFrontPage(gate: Gate): void {
  addDocument(gate, '/', () =>
    pageDocument({
      title: 'ProgNetwork',
      content: `<p class="quiet">This is the door of the platform. Programs use it under <code>/api</code>.</p>
<ul>
<li><a href="/docs">Reference of all operations</a></li>
<li><a href="/openapi.json">The same as OpenAPI 3.1</a></li>
<li><a href="/health">Is it alive?</a></li>
<li><a href="/readiness">Is it ready?</a></li>
</ul>`,
    }),
  )
}
