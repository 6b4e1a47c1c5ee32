import type { IncomingHttpHeaders } from 'node:http'
import {
  type Contract,
  common,
  type Output,
  type Principal,
  platformTenantId,
  type Trace,
} from '@prognetwork/contracts'
import { tenantContract, tenantMissing } from '@prognetwork/contracts/tenant'
import { accessTokenAudience, userContract } from '@prognetwork/contracts/user'
import type { Call } from '../host/call.ts'
import type { Edge } from '../host/edge.ts'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'
import { createAccessTokenVerifier } from './access-token.ts'
import { createApiKeyVerifier } from './api-key.ts'
import { createAuthorityResolver } from './authority.ts'
import { type Credential, credentialOf } from './credential.ts'
import { createTenantDirectory, type TenantEntry } from './tenant-directory.ts'

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
  /**
   * The same for the cookie of a browser, asked by the server of the web client it belongs to.
   * Cookies of other clients, and of other tenants, stand for nobody.
   */
  identifyBrowser(credential: string, request: BrowserRequest): Promise<Identity>
}

/** The request that brought a cookie; its tenant is named by its host, or in the console's path. */
interface BrowserRequest {
  readonly tenantId: string
  readonly address: string
  readonly trace: Trace
}

type SessionState = Output<typeof userContract.operations.checkSession>
type BrowserPerson = Output<typeof userContract.operations.exchangeBrowserSession>
type Acting = NonNullable<SessionState['acting']>

const noPermissions: ReadonlySet<string> = new Set()

/** Who a credential belongs to; an operator gets into a suspended tenant. */
interface Admitted {
  readonly principal: Principal
  readonly isOperator: boolean
}

export function createDoor(options: {
  readonly edge: Edge
  readonly call: Call
  /** Where the platform is; also the issuer of its access tokens. */
  readonly publicUrl: string
  readonly realTime: RealTime
}): Door {
  const { edge, call } = options
  const authority = createAuthorityResolver(edge.contracts as readonly Contract[])
  const tokens = createAccessTokenVerifier({
    issuer: options.publicUrl,
    audience: accessTokenAudience,
    realTime: options.realTime,
    keySet: async () => {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      return call(ctx, userContract.operations.readKeySet, {})
    },
  })

  const apiKeys = createApiKeyVerifier({
    realTime: options.realTime,
    async find(hash) {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      return (await call(ctx, userContract.operations.checkApiKey, { body: { hash } })).key
    },
  })

  const tenants = createTenantDirectory({
    publicUrl: options.publicUrl,
    async find(name) {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      try {
        return await call(ctx, tenantContract.operations.findTenant, { params: { name } })
      } catch (error) {
        if (error instanceof Problem && error.code === tenantMissing.code) return undefined
        throw error
      }
    },
  })

  function stateOf(sessionId: string, tenantId: string, trace: Trace): Promise<SessionState> {
    const ctx = edge.contextFor(tenantId, trace)
    return call(ctx, userContract.operations.checkSession, { params: { sessionId } })
  }

  async function fromToken(token: string, trace: Trace): Promise<Admitted> {
    const { sub, sid, tid } = await tokens.verify(token)
    const state = await stateOf(sid, tid, trace)
    if (!state.active) throw sessionEnded()
    const principal: Principal = {
      kind: 'user',
      subject: sub,
      tenantId: tid,
      sessionId: sid,
      roles: state.roles,
      permissions: authority.permissionsOf(state.patterns, tid),
    }
    if (!state.acting) return { principal, isOperator: false }
    return {
      principal: await acting(principal, state.acting, trace),
      isOperator: state.acting.standing === 'operator',
    }
  }

  /**
   * Whoever acts for a tenant does so as long as the session they came from holds, and an operator
   * as long as they are one. That session is of the platform's tenant, where all staff is.
   */
  async function acting(
    principal: Principal,
    { parentId, standing, reason }: Acting,
    trace: Trace,
  ): Promise<Principal> {
    const parent = await stateOf(parentId, platformTenantId, trace)
    const holds = standing !== 'operator' || parent.roles.includes('operator')
    if (!parent.active || parent.acting || !holds) throw sessionEnded()
    return { ...principal, actor: actorOf(principal.subject, reason) }
  }

  function principalOf(person: BrowserPerson, tenantId: string): Principal {
    const { accountId, sessionId, roles, patterns, acting } = person
    return {
      kind: 'user',
      subject: accountId,
      tenantId,
      sessionId,
      roles,
      permissions: authority.permissionsOf(patterns, tenantId),
      ...(acting && { actor: actorOf(accountId, acting.reason) }),
    }
  }

  async function fromApiKey(apiKey: string): Promise<Admitted> {
    const { id, tenantId, patterns } = await apiKeys(apiKey)
    const principal: Principal = {
      kind: 'api_key',
      subject: id,
      tenantId,
      roles: [],
      permissions: authority.permissionsOf(patterns, tenantId),
    }
    return { principal, isOperator: false }
  }

  function admit({ kind, value }: Credential, trace: Trace): Promise<Admitted> {
    return kind === 'api_key' ? fromApiKey(value) : fromToken(value, trace)
  }

  return {
    async identify(headers, trace) {
      const credential = credentialOf(headers)
      const named = await tenants.named(headers)
      if (!credential) {
        const tenant = named ?? (await tenants.byId(platformTenantId))
        refuseSuspended(tenant)
        return { tenantId: tenant.id, principal: Object.freeze(anonymous(tenant.id)) }
      }
      const { principal, isOperator } = await admit(credential, trace)
      const { tenantId } = principal
      if (named !== undefined && named.id !== tenantId)
        throw new Problem(
          common.tenantMismatch,
          'The credential belongs to another tenant than the one named',
        )
      if (!isOperator) refuseSuspended(named ?? (await tenants.byId(tenantId)))
      return { tenantId, principal: Object.freeze(principal) }
    },

    async identifyBrowser(credential, { tenantId, address, trace }) {
      const ctx = { ...edge.contextFor(tenantId, trace), address }
      const body = { credential }
      const person = await call(ctx, userContract.operations.exchangeBrowserSession, { body })
      if (person.acting?.standing !== 'operator') refuseSuspended(await tenants.byId(tenantId))
      return { tenantId, principal: Object.freeze(principalOf(person, tenantId)) }
    },
  }
}

/** All who act for a tenant have their account in the platform's. */
function actorOf(accountId: string, reason: string | null): NonNullable<Principal['actor']> {
  const actor = { subject: accountId, tenantId: platformTenantId }
  return reason === null ? actor : { ...actor, reason }
}

function refuseSuspended({ status }: TenantEntry): void {
  if (status === 'suspended')
    throw new Problem(common.tenantSuspended, 'Nobody but operators gets in until it is resumed')
}

function anonymous(tenantId: string): Principal {
  return { kind: 'anonymous', subject: '', tenantId, permissions: noPermissions, roles: [] }
}

function sessionEnded(): Problem {
  return new Problem(common.credentialInvalid, 'The session has ended; sign in again', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
