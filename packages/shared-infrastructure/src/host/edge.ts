import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Contract, NamedOperation, Trace } from '@prognetwork/contracts'
import type { DirectoryStorage } from '../storage/directory.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracer } from '../telemetry/span.ts'
import type { Health } from './edge-health.ts'
import type { RawInput } from './operation.ts'
import type { Upgrade } from './web-socket.ts'

/** One operation of another service, and the way to give a raw request to it. */
export interface Upstream {
  readonly operation: NamedOperation
  forward(request: IncomingMessage, response: ServerResponse): void
  /** The same for a request that asks for a WebSocket, of an operation that answers a stream. */
  readonly upgrade: Upgrade
}

/** Under which signed addresses of files are served, at the platform's public address. */
export const filesPath = '/files'

/** What a service of the public zone gets: every operation there is, and how to reach it. */
export interface Edge {
  readonly contracts: readonly Contract[]
  readonly upstreams: readonly Upstream[]
  /**
   * Carries an operation out for whoever asks in `ctx`, as a request of theirs would: it is theirs
   * to do, never the edge's. Rejects with what the operation throws.
   */
  readonly perform: (
    ctx: Context,
    operation: NamedOperation,
    input: RawInput,
    idempotencyKey: string | undefined,
  ) => Promise<unknown>
  /** Readiness of everything in this process; asks the databases. */
  readonly health: () => Promise<Health>
  /** How many callers wait for a database connection, by service. */
  readonly poolsWaiting: () => Readonly<Record<string, number>>
  /** What signed addresses lead to. */
  readonly files: DirectoryStorage
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** The edge itself at work for a tenant, for calls it makes before it knows who asks. */
  readonly newTrace: () => Trace
  readonly contextFor: (tenantId: string, trace: Trace) => Context
}
