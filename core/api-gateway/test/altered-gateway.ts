import type { IncomingMessage } from 'node:http'
import type { NamedOperation } from '@prognetwork/contracts'
import type { Upstream } from '@prognetwork/shared-infrastructure'
import { type AnyDefinition, isEdge } from '@prognetwork/shared-infrastructure/host'
import { services } from '@prognetwork/testing'
import type { FastifyInstance } from 'fastify'

/** Every operation there is, those between services included. */
export const operations = services.flatMap((one) =>
  Object.values<NamedOperation>(one.contract.operations),
)

type Gateway = Extract<AnyDefinition, { readonly zone: 'public' }>

interface Change {
  readonly publicUrl?: string
  /** Told of each request at the moment it is handed over. */
  readonly onForward?: (request: IncomingMessage) => void
  readonly onMount?: (app: FastifyInstance) => void
  /** Told what the gateway is given. */
  readonly onStart?: (parts: Parameters<Gateway['start']>[0]) => void
  /** Told of each call of the gateway's to another service; may throw in its place. */
  readonly onCall?: (operation: NamedOperation) => void
}

/** All services, with a gateway that is looked into at its seams. */
export function withGateway(change: Change): AnyDefinition[] {
  return services.map((one) =>
    isEdge(one) && one.name === 'api-gateway' ? altered(one, change) : one,
  )
}

function altered(gateway: Gateway, change: Change): Gateway {
  const start: Gateway['start'] = async (parts) => {
    const upstreams = parts.edge.upstreams.map(({ operation, forward, upgrade }): Upstream => {
      return {
        ...{ operation, upgrade },
        forward(request, response) {
          change.onForward?.(request)
          forward(request, response)
        },
      }
    })
    change.onStart?.(parts)
    const running = await gateway.start({
      ...parts,
      async call(ctx, operation, input, options) {
        change.onCall?.(operation)
        return parts.call(ctx, operation, input, options)
      },
      publicUrl: change.publicUrl ?? parts.publicUrl,
      edge: { ...parts.edge, upstreams },
    })
    return {
      ...running,
      mount(app) {
        running.mount(app)
        change.onMount?.(app)
      },
    }
  }
  return { ...gateway, start }
}
