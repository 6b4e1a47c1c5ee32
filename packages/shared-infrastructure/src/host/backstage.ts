// What a proof does behind the doors of a running platform: it has every service make its fixture
// for a tenant, and calls as a service calls.
import { type NamedOperation, type Principal, platformTenantId } from '@prognetwork/contracts'
import { answerStatement } from '../database/idempotency.ts'
import { createAuthorityResolver } from '../door/authority.ts'
import type { FixtureContext, Seed } from '../service/definition.ts'
import { newId } from '../service/identifier.ts'
import { scopeOf } from '../service/scope.ts'
import { startTrace } from '../telemetry/trace.ts'
import type { CallTransport } from './call.ts'
import type { RawInput } from './operation.ts'
import type { PlatformOptions } from './platform-options.ts'
import type { RunningService } from './running-service.ts'

/** The owner of a tenant, with the session in which they act for it. */
export interface TenantOwner {
  readonly tenantId: string
  readonly accountId: string
  readonly sessionId: string
}

export interface Backstage {
  /** Who the owner is to services while they act for the tenant. */
  principalOf(owner: TenantOwner): Principal
  /** Runs the fixture of every service that has one, in the order in which services start. */
  makeFixtures(owner: TenantOwner, seed: Seed): Promise<Seed['made']>
  /** A call as one service makes it; rejects with what the operation or the host throws. */
  callAs(
    caller: string,
    principal: Principal,
    operation: NamedOperation,
    input: RawInput,
  ): Promise<unknown>
}

export function createBackstage(
  services: ReadonlyMap<string, RunningService>,
  transport: CallTransport,
  options: PlatformOptions,
): Backstage {
  const authority = createAuthorityResolver(options.definitions.map((one) => one.contract))
  const principalOf = ({ tenantId, accountId, sessionId }: TenantOwner): Principal =>
    Object.freeze({
      kind: 'user',
      subject: accountId,
      tenantId,
      sessionId,
      roles: ['owner'],
      permissions: authority.permissionsOf(['*:*:*'], tenantId),
      actor: { subject: accountId, tenantId: platformTenantId },
    })
  return {
    principalOf,
    async makeFixtures(owner, { marker, made: given }) {
      const made = new Map(Object.entries(given).map(([name, ids]) => [name, [...ids]]))
      for (const { definition, running } of services.values()) {
        const ctx: FixtureContext = {
          principal: principalOf(owner),
          scope: scopeOf(owner.tenantId),
          now: options.realTime.now(),
          trace: startTrace(),
          log: options.log(definition.name),
          answer: answerStatement,
          effectId: async () => newId(),
        }
        const seed = { marker, made: Object.fromEntries(made) }
        const resources = await running.fixture?.(ctx, seed).catch((cause: Error) => {
          throw new Error(`the fixture of ${definition.name} failed: ${cause.message}`, { cause })
        })
        for (const [name, ids] of Object.entries(resources ?? {}))
          made.set(name, [...(made.get(name) ?? []), ...[ids].flat()])
      }
      return Object.fromEntries(made)
    },
    callAs: (caller, principal, operation, input) =>
      transport(caller, operation, {
        handover: {
          principal,
          tenantId: principal.tenantId,
          trace: startTrace(),
          address: '',
          caller,
        },
        input,
        isBackground: false,
        isPoll: false,
      }),
  }
}
