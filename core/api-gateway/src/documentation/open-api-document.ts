import type { Contract } from '@prognetwork/contracts'
import type { Edge } from '@prognetwork/shared-infrastructure'
import type { Gate } from '@prognetwork/shared-infrastructure/front'
import { addDocument } from '@prognetwork/shared-infrastructure/front'
import manifest from '../../package.json' with { type: 'json' }
import { type OpenApiDocument, openApi } from './open-api.ts'

/** `/openapi.json`, made for who asks first. */
export function mountOpenApi(
  gate: Gate,
  parts: { readonly edge: Pick<Edge, 'contracts'>; readonly publicUrl: string },
): void {
  let document: string | undefined
  addDocument(gate, '/openapi.json', () => {
    document ??= JSON.stringify(openApiOf(parts.edge.contracts, parts.publicUrl))
    return { type: 'application/json; charset=utf-8', content: document }
  })
}

/** The document as `/openapi.json` has it, without a gateway that runs. */
export function openApiOf(contracts: readonly Contract[], publicUrl: string): OpenApiDocument {
  return openApi(contracts, { publicUrl, version: manifest.version })
}
