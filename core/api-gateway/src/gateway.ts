import type { Log } from '@prognetwork/contracts'
import type { Door, Edge } from '@prognetwork/shared-infrastructure'
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
import { createRateLimits, type RateSizes } from './rate-limits/rate-limits.ts'
import { createGate } from './routing/gate.ts'
import { mountOperations } from './routing/operations.ts'

interface GatewayConfig {
  readonly corsOrigins: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly defaultPerMinute: number
  readonly credentialPerMinute: number
  readonly bulkPerMinute: number
  readonly metricsToken?: string | undefined
}

export interface GatewayParts {
  readonly edge: Edge
  readonly door: Door
  readonly publicUrl: string
  readonly log: Log
  readonly config: GatewayConfig
  onReconfigured(listener: (config: GatewayConfig) => void): void
}

/** Everything the gateway answers at, in one list. */
export function mountGateway(app: FastifyInstance, parts: GatewayParts): void {
  const { edge, config, publicUrl } = parts
  const limits = createRateLimits(rateSizes(config))
  parts.onReconfigured((changed) => limits.resize(rateSizes(changed)))
  const gate = createGate({
    app,
    door: parts.door,
    exchanges: createExchanges({ ...parts, trustedProxies: config.trustedProxies }),
    crossOrigin: createCrossOrigin(config.corsOrigins),
    limits,
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

function rateSizes(config: GatewayConfig): RateSizes {
  return {
    default: config.defaultPerMinute,
    credential: config.credentialPerMinute,
    bulk: config.bulkPerMinute,
  }
}
