import type { IncomingHttpHeaders } from 'node:http'
import {
  type Contract,
  common,
  type Principal,
  platformTenantId,
  type Trace,
} from '@prognetwork/contracts'
import { accessTokenAudience, systemRoles, userContract } from '@prognetwork/contracts/user'
import type { Call } from '../host/call.ts'
import type { Edge } from '../host/edge.ts'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'
import { createAccessTokenVerifier } from './access-token.ts'
import { createPermissionResolver } from './permissions.ts'

/** Who asks, and which tenant the work is for. */
export interface Identity {
  readonly principal: Principal
  readonly tenantId: string
}

/**
 * The door of the public zone: a credential becomes a principal, once. Mounted by everything that
 * listens to the outside; what it answers is handed on out of reach of any header.
 */
export interface Door {
  identify(headers: IncomingHttpHeaders, trace: Trace): Promise<Identity>
}

const noPermissions: ReadonlySet<string> = new Set()

export function createDoor(options: {
  readonly edge: Edge
  readonly call: Call
  readonly issuer: string
  readonly realTime: RealTime
}): Door {
  const { edge, call } = options
  const permissions = createPermissionResolver(edge.contracts as readonly Contract[])
  const tokens = createAccessTokenVerifier({
    issuer: options.issuer,
    audience: accessTokenAudience,
    realTime: options.realTime,
    keySet: async () => {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      return call(ctx, userContract.operations.readKeySet, {})
    },
  })

  async function fromToken(token: string, trace: Trace): Promise<Principal> {
    const claims = await tokens.verify(token)
    const ctx = edge.contextFor(claims.tid, trace)
    const state = await call(ctx, userContract.operations.checkSession, {
      params: { sessionId: claims.sid },
    })
    if (!state.active)
      throw new Problem(common.credentialInvalid, 'The session has ended; sign in again', {
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      })
    return {
      kind: 'user',
      subject: claims.sub,
      tenantId: claims.tid,
      sessionId: claims.sid,
      roles: state.roles,
      permissions: permissions.permissionsOf(
        state.roles.flatMap((role) => systemRoles[role] ?? []),
      ),
    }
  }

  return {
    async identify(headers, trace) {
      const named = tenantNamed(headers)
      const token = bearerToken(headers)
      if (token === undefined) {
        const tenantId = named ?? platformTenantId
        return { tenantId, principal: Object.freeze(anonymous(tenantId)) }
      }
      const principal = await fromToken(token, trace)
      if (named !== undefined && named !== principal.tenantId)
        throw new Problem(
          common.tenantMismatch,
          'The credential belongs to another tenant than the one named',
        )
      return { tenantId: principal.tenantId, principal: Object.freeze(principal) }
    },
  }
}

function anonymous(tenantId: string): Principal {
  return { kind: 'anonymous', subject: '', tenantId, permissions: noPermissions, roles: [] }
}

/** RFC 6750; anything else in Authorization is refused, not ignored. */
function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization)?.[1]
  if (token === undefined)
    throw new Problem(common.credentialInvalid, 'Authorization must be a Bearer token', {
      headers: { 'www-authenticate': 'Bearer error="invalid_request"' },
    })
  return token
}

/** The tenant that a public request names; for now only the platform's own exists. */
function tenantNamed(headers: IncomingHttpHeaders): string | undefined {
  const named = headers['prog-tenant']
  if (named === undefined || named === '') return undefined
  if (named !== platformTenantId)
    throw new Problem(common.tenantMissing, 'Prog-Tenant names no tenant of this platform')
  return named
}
