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
import { accessTokenAudience, systemRoles, userContract } from '@prognetwork/contracts/user'
import type { Watch } from '@prognetwork/event-based-service-client'
import { LRUCache } from 'lru-cache'
import type { Call } from '../host/call.ts'
import type { Hearing } from '../host/consumption.ts'
import type { Edge } from '../host/edge.ts'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'
import { type AccessTokenClaims, createAccessTokenVerifier } from './access-token.ts'
import { createApiKeyVerifier } from './api-key.ts'
import { createAuthorityResolver } from './authority.ts'
import { type Credential, credentialOf } from './credential.ts'
import { doorWatches } from './door-watches.ts'
import { createKeptAnswers } from './kept-answers.ts'
import { createRevocations } from './revocations.ts'
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
  /** How it hears of revocations; its service returns them as its own, and consumes `doorEvents`. */
  readonly watches: readonly Watch[]
  identify(request: { readonly headers: IncomingHttpHeaders }, asked: Asked): Promise<Identity>
  /** The tenant that host or `Prog-Tenant` name, the platform's when neither does. */
  tenantOf(headers: IncomingHttpHeaders): Promise<TenantEntry>
  /** Whoever shows nothing in this tenant; refused while it is suspended, but not where operators enter. */
  anonymous(tenant: TenantEntry, isEntrance?: boolean): Identity
  /**
   * The same for the cookie of a browser, asked by the server of the web client it belongs to.
   * Cookies of other clients, and of other tenants, stand for nobody.
   */
  identifyBrowser(credential: string, request: BrowserRequest): Promise<Identity>
}

/** What is known of a request before it is known who asks. */
export interface Asked {
  readonly trace: Trace
  /** The client as far as configured proxies can be believed. */
  readonly address: string
}

/** The request that brought a cookie; its tenant is named by its host, or in the console's path. */
interface BrowserRequest extends Asked {
  readonly tenantId: string
}

type SessionState = Output<typeof userContract.operations.checkSession>
type Acting = NonNullable<SessionState['acting']>

const noPermissions: ReadonlySet<string> = new Set()

/** Who a credential belongs to; an operator gets into a suspended tenant. */
interface Admitted {
  readonly principal: Principal
  readonly isOperator: boolean
}

/** What a question for a session's state answers is asked again after this long, heard of or not. */
const maxStateAgeMs = 5 * 60_000
const maxStates = 20_000

/**
 * A token is believed by its signature as long as the door hears of what is revoked. Where a token
 * may be outdated its session is asked for, once; while the door cannot hear, every request asks.
 */
export function createDoor(options: {
  readonly edge: Edge
  readonly call: Call
  readonly hearing: Hearing
  /** Where the platform is; also the issuer of its access tokens. */
  readonly publicUrl: string
  /** Before which host a tenant's slug stands; the platform's without it. */
  readonly reachedAt?: string
  readonly realTime: RealTime
}): Door {
  const { edge, call, hearing, realTime } = options
  const authority = createAuthorityResolver(edge.contracts as readonly Contract[])
  const tokens = createAccessTokenVerifier({
    issuer: options.publicUrl,
    audience: accessTokenAudience,
    realTime,
    keySet: async () => {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      return call(ctx, userContract.operations.readKeySet, {})
    },
  })

  const revocations = createRevocations(realTime)
  const states = createKeptAnswers<Admitted>({ hearing, max: maxStates, maxAgeMs: maxStateAgeMs })
  const believed = new WeakMap<AccessTokenClaims, Admitted>()

  const apiKeys = createApiKeyVerifier({
    hearing,
    realTime,
    find(hash) {
      const ctx = edge.contextFor(platformTenantId, edge.newTrace())
      return call(ctx, userContract.operations.checkApiKey, { body: { hash } })
    },
  })

  const tenants = createTenantDirectory({
    hearing,
    reachedAt: options.reachedAt ?? options.publicUrl,
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

  /** The same for everybody of a tenant who shows nothing. */
  const nobodies = new LRUCache<string, Principal>({ max: maxStates })
  function anonymousIn(tenantId: string): Principal {
    const known = nobodies.get(tenantId)
    if (known) return known
    const nobody = anonymousPrincipal(tenantId)
    nobodies.set(tenantId, nobody)
    return nobody
  }

  function stateOf(sessionId: string, tenantId: string, trace: Trace): Promise<SessionState> {
    const ctx = edge.contextFor(tenantId, trace)
    return call(ctx, userContract.operations.checkSession, { params: { sessionId } })
  }

  async function fromToken(token: string, trace: Trace): Promise<Admitted> {
    const claims = await tokens.verify(token)
    if (!hearing.isCurrent()) return asked(claims, trace)
    const { sid, act } = claims
    if (revocations.hasEnded(sid) || (act && revocations.hasEnded(act.sid))) throw sessionEnded()
    return (
      fromClaims(claims) ?? (await states.get(`${claims.tid}/${sid}`, () => asked(claims, trace)))
    )
  }

  /** What the token says, if that cannot be outdated; a tenant's own roles are not in a token. */
  function fromClaims(claims: AccessTokenClaims): Admitted | undefined {
    const { sub, sid, tid, roles, act } = claims
    if (revocations.isOutdated(sub, tid) || (act && revocations.isOutdated(sub, platformTenantId)))
      return undefined
    const known = believed.get(claims)
    if (known) return known
    if (!roles.every((name) => Object.hasOwn(systemRoles, name))) return undefined
    const patterns = roles.flatMap((name) => systemRoles[name] ?? [])
    const admitted = admittedAs(
      { sub, sid, tid },
      { roles, patterns },
      act && { standing: act.standing, reason: act.reason ?? null },
    )
    believed.set(claims, admitted)
    return admitted
  }

  async function asked({ sub, sid, tid }: AccessTokenClaims, trace: Trace): Promise<Admitted> {
    const state = await stateOf(sid, tid, trace)
    if (!state.active) throw sessionEnded()
    if (state.acting) await checkParent(state.acting, trace)
    return admittedAs({ sub, sid, tid }, state, state.acting ?? undefined)
  }

  function admittedAs(
    { sub, sid, tid }: Pick<AccessTokenClaims, 'sub' | 'sid' | 'tid'>,
    { roles, patterns }: Pick<SessionState, 'roles' | 'patterns'>,
    acting: Pick<Acting, 'standing' | 'reason'> | undefined,
  ): Admitted {
    const actor = { subject: sub, tenantId: platformTenantId }
    const principal: Principal = {
      kind: 'user',
      subject: sub,
      tenantId: tid,
      sessionId: sid,
      roles,
      permissions: authority.permissionsOf(patterns, tid),
      ...(acting && {
        actor: acting.reason === null ? actor : { ...actor, reason: acting.reason },
      }),
    }
    return {
      principal: Object.freeze(principal),
      isOperator: acting?.standing === 'operator',
    }
  }

  /**
   * Whoever acts for a tenant does so as long as the session they came from holds, and an operator
   * as long as they are one. That session is of the platform's tenant, where all staff is.
   */
  async function checkParent({ parentId, standing }: Acting, trace: Trace): Promise<void> {
    const parent = await stateOf(parentId, platformTenantId, trace)
    const holds = standing !== 'operator' || parent.roles.includes('operator')
    if (!parent.active || parent.acting || !holds) throw sessionEnded()
  }

  async function fromApiKey(apiKey: string): Promise<Admitted> {
    const { id, tenantId, patterns } = await apiKeys.verify(apiKey)
    const principal: Principal = {
      kind: 'api_key',
      subject: id,
      tenantId,
      roles: [],
      permissions: authority.permissionsOf(patterns, tenantId),
    }
    return { principal: Object.freeze(principal), isOperator: false }
  }

  function admit({ kind, value }: Credential, trace: Trace): Promise<Admitted> {
    return kind === 'api_key' ? fromApiKey(value) : fromToken(value, trace)
  }

  function anonymous(tenant: TenantEntry, isEntrance = false): Identity {
    if (!isEntrance) refuseSuspended(tenant)
    return { tenantId: tenant.id, principal: anonymousIn(tenant.id) }
  }

  return {
    watches: doorWatches({
      ...{ revocations, apiKeys, tenants, call, realTime },
      forgetStates: () => states.forget(),
    }),

    anonymous,
    tenantOf: async (headers) => (await tenants.named(headers)) ?? tenants.byId(platformTenantId),

    async identify({ headers }, { trace }) {
      const credential = credentialOf(headers)
      const named = await tenants.named(headers)
      if (!credential) return anonymous(named ?? (await tenants.byId(platformTenantId)))
      const { principal, isOperator } = await admit(credential, trace)
      const { tenantId } = principal
      if (named !== undefined && named.id !== tenantId)
        throw new Problem(
          common.tenantMismatch,
          'The credential belongs to another tenant than the one named',
        )
      if (!isOperator) refuseSuspended(named ?? (await tenants.byId(tenantId)))
      return { tenantId, principal }
    },

    async identifyBrowser(credential, { tenantId, address, trace }) {
      const ctx = { ...edge.contextFor(tenantId, trace), address }
      const body = { credential }
      const person = await call(ctx, userContract.operations.exchangeBrowserSession, { body })
      const { accountId: sub, sessionId: sid, acting } = person
      const { principal, isOperator } = admittedAs(
        { sub, sid, tid: tenantId },
        person,
        acting ?? undefined,
      )
      if (!isOperator) refuseSuspended(await tenants.byId(tenantId))
      return { tenantId, principal }
    },
  }
}

function refuseSuspended({ status }: TenantEntry): void {
  if (status === 'suspended')
    throw new Problem(common.tenantSuspended, 'Nobody but operators gets in until it is resumed')
}

function anonymousPrincipal(tenantId: string): Principal {
  const principal = { kind: 'anonymous', subject: '', tenantId, roles: [] } as const
  return Object.freeze({ ...principal, permissions: noPermissions })
}

function sessionEnded(): Problem {
  return new Problem(common.credentialInvalid, 'The session has ended; sign in again', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
