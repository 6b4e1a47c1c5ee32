import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Contract, NamedOperation, Trace } from '@prognetwork/contracts'

/** One operation of another service, and the way to give a raw request to it. */
export interface Upstream {
  readonly operation: NamedOperation
  forward(request: IncomingMessage, response: ServerResponse): void
}

/** What a service of the public zone gets: every operation there is, and how to reach it. */
export interface Edge {
  readonly contracts: readonly Contract[]
  readonly upstreams: readonly Upstream[]
  /** Liveness and readiness of everything in this process. */
  readonly health: () => { readonly ready: boolean; readonly services: Record<string, boolean> }
  /** The edge itself at work for a tenant, for calls it makes before it knows who asks. */
  readonly newTrace: () => Trace
  readonly contextFor: (tenantId: string, trace: Trace) => Context
}
