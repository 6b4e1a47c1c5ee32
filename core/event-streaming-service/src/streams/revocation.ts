import { tenantSuspended } from '@prognetwork/contracts/tenant'
import {
  actingSessionEnded,
  apiKeyRevoked,
  membershipChanged,
  membershipRemoved,
  roleChanged,
  sessionRevoked,
} from '@prognetwork/contracts/user'
import { type Watch, watch } from '@prognetwork/event-based-service-client'
import type { Hub } from './hub.ts'

/**
 * Streams end at once when what their client showed no longer holds, or may not: who may, comes
 * back, and the door looks at the credential anew.
 */
export function revocationWatches(hubs: readonly Hub[]): Watch[] {
  const nothing = { snapshot: () => {} }
  const endWhere: Hub['endWhere'] = (isMeant) => {
    for (const hub of hubs) hub.endWhere(isMeant)
  }
  const ofTenant = (tenantId: string) => endWhere((ctx) => ctx.scope.tenantId === tenantId)
  return [
    ...[sessionRevoked, actingSessionEnded].map((event) =>
      watch(
        event,
        (_ctx, { data }) =>
          endWhere(
            ({ principal }) =>
              principal.sessionId === data.sessionId ||
              // Whoever acts for a tenant does so as long as the session they came from holds.
              principal.actor?.subject === data.userId,
          ),
        nothing,
      ),
    ),
    watch(
      apiKeyRevoked,
      (_ctx, { key }) =>
        endWhere(({ principal }) => principal.kind === 'api_key' && principal.subject === key),
      nothing,
    ),
    watch(tenantSuspended, (_ctx, { key }) => ofTenant(key), nothing),
    ...[membershipChanged, membershipRemoved, roleChanged].map((event) =>
      watch(event, ({ scope }) => ofTenant(scope.tenantId), nothing),
    ),
  ]
}
