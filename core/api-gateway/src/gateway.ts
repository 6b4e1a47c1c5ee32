import type { Log } from '@prognetwork/contracts'
import { type Call, createDoor, type Edge, type RealTime } from '@prognetwork/shared-infrastructure'
import type { FastifyInstance } from 'fastify'
import { mountOpenApi } from './documentation/open-api-document.ts'
import { mountReferencePage } from './documentation/reference-page.ts'
import { createExchanges } from './exchange/exchange.ts'
import { mountHealth } from './operator/health.ts'
import { mountOperatorPages } from './operator/operator-pages.ts'
import { mountAccountPages } from './pages/account-pages.ts'
import { mountFrontPage } from './pages/front-page.ts'
import { createCrossOrigin } from './protection/cross-origin.ts'
import { securityHeaders } from './protection/security-headers.ts'
import { createRateLimits } from './rate-limits/rate-limits.ts'
import { createGate } from './routing/gate.ts'
import { mountOperations } from './routing/operations.ts'

export interface GatewayParts {
  readonly edge: Edge
  readonly call: Call
  readonly publicUrl: string
  readonly realTime: RealTime
  readonly log: Log
  readonly config: {
    readonly corsOrigins: readonly string[]
    readonly trustedProxies: readonly string[]
    readonly defaultPerMinute: number
    readonly credentialPerMinute: number
    readonly bulkPerMinute: number
    readonly metricsToken?: string | undefined
  }
}

/** Everything the gateway answers at, in one list. */
export function mountGateway(app: FastifyInstance, parts: GatewayParts): void {
  const { edge, config, publicUrl } = parts
  const gate = createGate({
    app,
    door: createDoor({ ...parts, publicUrl }),
    exchanges: createExchanges({ ...parts, trustedProxies: config.trustedProxies }),
    crossOrigin: createCrossOrigin(config.corsOrigins),
    limits: createRateLimits({
      default: config.defaultPerMinute,
      credential: config.credentialPerMinute,
      bulk: config.bulkPerMinute,
    }),
    securityHeaders: securityHeaders(publicUrl),
  })
  mountOperations(gate, edge)
  mountHealth(gate, edge)
  mountOperatorPages(gate, parts)
  mountOpenApi(gate, parts)
  mountReferencePage(gate)
  mountFrontPage(gate)
  mountAccountPages(gate)
  gate.close()
}
