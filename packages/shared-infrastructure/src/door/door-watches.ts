import {
  tenantActivated,
  tenantCreated,
  tenantDomainLapsed,
  tenantDomainRemoved,
  tenantDomainVerified,
  tenantResumed,
  tenantSuspended,
  tenantUpdated,
} from '@prognetwork/contracts/tenant'
import {
  actingSessionEnded,
  apiKeyRevoked,
  apiKeyRotated,
  membershipChanged,
  membershipCreated,
  membershipRemoved,
  roleChanged,
  sessionRevoked,
  userContract,
} from '@prognetwork/contracts/user'
import { type Watch, watch } from '@prognetwork/event-based-service-client'
import type { Call } from '../host/call.ts'
import type { RealTime } from '../service/time.ts'
import type { ApiKeyVerifier } from './api-key.ts'
import { type Revocations, revocationWindowMs } from './revocations.ts'
import type { TenantDirectory } from './tenant-directory.ts'

/** What a service with a door lists under `consumes`. */
export const doorEvents = [
  actingSessionEnded,
  apiKeyRevoked,
  apiKeyRotated,
  membershipChanged,
  membershipCreated,
  membershipRemoved,
  roleChanged,
  sessionRevoked,
  tenantActivated,
  tenantCreated,
  tenantDomainLapsed,
  tenantDomainRemoved,
  tenantDomainVerified,
  tenantResumed,
  tenantSuspended,
  tenantUpdated,
] as const

/** How a door hears of everything that makes what it believes outdated. */
export function doorWatches(options: {
  readonly revocations: Revocations
  readonly apiKeys: ApiKeyVerifier
  readonly tenants: TenantDirectory
  /** Sessions were asked for under an authority that has changed. */
  readonly forgetStates: () => void
  readonly call: Call
  readonly realTime: RealTime
}): Watch[] {
  const { revocations, apiKeys, tenants, forgetStates, call, realTime } = options

  const snapshot: Watch['snapshot'] = async (ctx) => {
    const since = realTime.now(-revocationWindowMs)
    const { readRevocations } = userContract.operations
    const answer = await call(
      ctx,
      readRevocations,
      { query: { since } },
      { isBackground: true, isPoll: true },
    )
    revocations.load(answer)
    forgetStates()
    apiKeys.forget()
    tenants.forget()
  }
  const ended: Parameters<typeof watch<typeof sessionRevoked | typeof actingSessionEnded>>[1] = (
    _ctx,
    { data },
  ) => revocations.ended(data.sessionId)
  const authority = (tenantId: string, accountId?: string) => {
    revocations.authorityChanged(tenantId, accountId)
    forgetStates()
  }
  const together = { snapshot }
  return [
    watch(sessionRevoked, ended, together),
    watch(actingSessionEnded, ended, together),
    ...[membershipCreated, membershipChanged, membershipRemoved].map((event) =>
      watch(event, ({ scope }, { key }) => authority(scope.tenantId, key), together),
    ),
    watch(roleChanged, ({ scope }) => authority(scope.tenantId), together),
    ...[apiKeyRevoked, apiKeyRotated].map((event) =>
      watch(event, (_ctx, { key }) => apiKeys.forget(key), together),
    ),
    ...[tenantActivated, tenantSuspended, tenantResumed].map((event) =>
      watch(event, (_ctx, { key }) => tenants.forget(key), together),
    ),
    ...[tenantCreated, tenantUpdated].map((event) =>
      watch(event, (_ctx, { key, data }) => tenants.forget(key, data.slug), together),
    ),
    ...[tenantDomainVerified, tenantDomainLapsed, tenantDomainRemoved].map((event) =>
      watch(event, (_ctx, { key, data }) => tenants.forget(key, data.domain), together),
    ),
  ]
}
