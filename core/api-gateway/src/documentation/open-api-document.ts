import type { Edge } from '@prognetwork/shared-infrastructure'
import manifest from '../../package.json' with { type: 'json' }
import type { Gate } from '../routing/gate.ts'
import { openApi } from './open-api.ts'
import { addDocument } from './static-document.ts'

/** `/openapi.json`; made at the start, so that a contract that cannot be described stops it. */
export function mountOpenApi(
  gate: Gate,
  parts: { readonly edge: Pick<Edge, 'contracts'>; readonly publicUrl: string },
): void {
  const document = JSON.stringify(
    openApi(parts.edge.contracts, { publicUrl: parts.publicUrl, version: manifest.version }),
  )
  addDocument(gate, '/openapi.json', () => ({
    type: 'application/json; charset=utf-8',
    content: document,
  }))
}
