import type { Context, Log } from '@prognetwork/contracts'
import { scopeOf } from '../src/service/scope.ts'
import { startTrace } from '../src/telemetry/trace.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

/** A service at work in a tenant, as the host would make it. */
export function contextOf(tenantId: string): Context {
  return {
    principal: {
      kind: 'service',
      subject: 'test-service',
      tenantId,
      permissions: new Set(),
      roles: [],
    },
    scope: scopeOf(tenantId),
    now: '2026-11-21T09:00:00.000Z',
    trace: startTrace(),
    log: silent,
  }
}
