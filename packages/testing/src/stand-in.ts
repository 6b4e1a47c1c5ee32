import {
  type CallInput,
  type Context,
  contract,
  type NamedOperation,
  type Output,
  type Scope,
} from '@prognetwork/contracts'
import { defineService, type Parts } from '@prognetwork/shared-infrastructure'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { startTrace } from '@prognetwork/shared-infrastructure/telemetry'
import { z } from 'zod'

/** A service that does nothing but call others, for operations whose caller is not written yet. */
export interface StandIn {
  /** Goes into the definitions that the platform is started with. */
  readonly definition: AnyDefinition
  /** Calls an operation in a tenant, as this service and on nobody's behalf. */
  call<O extends NamedOperation>(
    tenantId: string,
    operation: O,
    input: CallInput<O>,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Output<O>>
}

export function standIn(name: string): StandIn {
  let parts: Parts<unknown> | undefined
  const definition = defineService({
    name,
    port: 3999,
    summary: 'Calls others, in tests',
    config: z.object({}),
    contract: contract(name, {}),
    publishes: [],
    consumes: [],
    needs: [],
    start(given) {
      parts = given
      return { handlers: {} }
    },
  })
  return {
    definition,
    call(tenantId, operation, input, options) {
      if (!parts) throw new Error(`${name} was not started`)
      return parts.call(contextOf(name, tenantId, parts), operation, input, options)
    },
  }
}

function contextOf(name: string, tenantId: string, { log, realTime }: Parts<unknown>): Context {
  return {
    principal: {
      kind: 'service',
      subject: name,
      tenantId,
      permissions: new Set(),
      roles: [],
    },
    scope: { tenantId } as Scope,
    now: realTime.now(),
    trace: startTrace(),
    log,
  }
}
