import type { CallInput, Context, NamedOperation, Output, Scope } from '@prognetwork/contracts'
import type { Parts } from '@prognetwork/shared-infrastructure'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { startTrace } from '@prognetwork/shared-infrastructure/telemetry'
import { services } from '../../../platform.ts'

/** A service of the platform that can be made to call others, for operations that services alone use. */
interface CallingService {
  /** Every service, this one among them: what the platform is started with. */
  readonly definitions: readonly AnyDefinition[]
  /** Calls an operation in a tenant, as this service and on nobody's behalf. */
  call<O extends NamedOperation>(
    tenantId: string,
    operation: O,
    input: CallInput<O>,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Output<O>>
}

export function callingAs(
  name: string,
  definitions: readonly AnyDefinition[] = services,
): CallingService {
  let parts: Parts<unknown> | undefined
  const overheard = (definition: AnyDefinition): AnyDefinition => ({
    ...definition,
    start(given: never) {
      parts = given
      return definition.start(given) as never
    },
  })
  if (!services.some((one) => one.name === name)) throw new Error(`there is no ${name}`)
  return {
    definitions: definitions.map((one) => (one.name === name ? overheard(one) : one)),
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
