import {
  createFront,
  type FrontParts,
  mountFiles,
  mountHealth,
  mountOperations,
} from '@prognetwork/shared-infrastructure/front'
import type { FastifyInstance } from 'fastify'
import { mountOpenApi } from './documentation/open-api-document.ts'
import { mountReferencePage } from './documentation/reference-page.ts'
import { mountOperatorPages } from './operator/operator-pages.ts'
import { mountFrontPage } from './pages/front-page.ts'

interface GatewayParts extends FrontParts {
  readonly config: FrontParts['config'] & { readonly metricsToken?: string | undefined }
}

/** Everything the gateway answers at, in one list. */
export function mountGateway(app: FastifyInstance, parts: GatewayParts): void {
  const { edge } = parts
  const gate = createFront(app, parts)
  mountOperations(gate, edge.upstreams, '/api')
  mountHealth(gate, edge)
  mountFiles(gate, edge, parts.publicUrl)
  mountOperatorPages(gate, parts)
  mountOpenApi(gate, parts)
  mountReferencePage(gate)
  mountFrontPage(gate)
  gate.close()
}
