import { randomBytes } from 'node:crypto'
import { type Context, type Output, platformTenantId } from '@prognetwork/contracts'
import {
  accessTokenSeconds,
  browserSessionRefused,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Database,
  type Handlers,
  type PlatformDoor,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import type { Acting } from '../acting/acting.ts'
import type { SessionState } from '../acting/session-state.ts'
import { tokenHash } from '../one-time-tokens/one-time-tokens.ts'
import {
  type BrowserCredential,
  browserIdleMs,
  earlier,
  type OpenSession,
} from '../sessions/open-session.ts'
import { findSession } from '../sessions/sessions.store.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { AccessTokens } from '../signing-keys/access-tokens.ts'
import {
  extendActing,
  findBrowserActing,
  findBrowserSession,
  touchBrowserSession,
} from './browser-sessions.store.ts'

type UserHandlers = Handlers<typeof userContract>
type State = Output<typeof userContract.operations.checkSession>

/** How long the token of an exchange is good for at the gateway; a revocation does not wait for it. */
const exchangedTokenSeconds = 300
/** Uses are written down no more often than this. */
const touchMs = 60_000

/** Somebody whom a cookie stands for, now. */
export interface Held {
  readonly sessionId: string
  readonly accountId: string
  readonly state: State
  readonly methods: readonly string[]
  readonly authenticatedAt: string
  readonly expiresAt: string
  /** When a token must have ended: an acting session holds no longer than the one it came from. */
  readonly endsAt: string
  /** Absent while acting for a tenant. */
  readonly own?: { readonly lastUsedAt: string; readonly renewableUntil: string }
}

/** The client whose server makes this call, as the host has verified it. */
export function clientOf(ctx: Context): string {
  if (ctx.caller === undefined) throw new Error('only servers of web clients get here')
  return ctx.caller
}

/** A new value for a cookie, and what is kept of it. */
export function newCredential(ctx: Context): { credential: string; browser: BrowserCredential } {
  const credential = `bs_${randomBytes(32).toString('base64url')}`
  return { credential, browser: { client: clientOf(ctx), hash: tokenHash(credential) } }
}

/** The person's own device stands in lists, not the client's server that calls for it. */
export function ofBrowser(ctx: Context, userAgent: string | undefined): Context {
  return userAgent === undefined ? ctx : { ...ctx, userAgent }
}

/** Finds who a cookie of the calling client stands for, in the tenant of the call. */
export function createCookieReader(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly sessionState: SessionState
  readonly realTime: RealTime
}) {
  const { db, platform, sessionState, realTime } = parts

  /** That session is of the platform's tenant; what is acted with holds only while it does. */
  async function parentOf(ctx: Context, { parentId, standing }: NonNullable<State['acting']>) {
    const home = platform.enter(ctx, platformTenantId, 'the session that an acting one came from')
    const state = await sessionState(home, { params: { sessionId: parentId } })
    const [session] = await db.read(home, findSession(parentId))
    const holds = standing !== 'operator' || state.roles.includes('operator')
    if (!session || !state.active || state.acting || !holds) throw refused()
    return session
  }

  return async function read(ctx: Context, credential: string): Promise<Held> {
    const presented = [tokenHash(credential), clientOf(ctx), realTime.now()] as const
    const [[own], [acting]] = await db.readAll(ctx, [
      findBrowserSession(...presented),
      findBrowserActing(...presented),
    ])
    const found = own ?? acting
    if (!found) throw refused()
    const { id: sessionId, accountId, expiresAt } = found
    const state = await sessionState(ctx, { params: { sessionId } })
    if (!state.active) throw refused()
    const common = { sessionId, accountId, state, expiresAt }
    if (own) return { ...common, ...own, endsAt: expiresAt, own }
    if (!state.acting) throw new Error('an acting session is not told as one')
    const parent = await parentOf(ctx, state.acting)
    const { methods, authenticatedAt } = parent
    return { ...common, methods, authenticatedAt, endsAt: earlier(expiresAt, parent.expiresAt) }
  }
}

export type CookieReader = ReturnType<typeof createCookieReader>

/** What the servers of the web clients do with the cookies of their browsers. */
export function createBrowserSessions(parts: {
  readonly db: Database
  readonly openSession: OpenSession
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly acting: Acting
  readonly readCookie: CookieReader
  readonly accessTokens: AccessTokens
  readonly realTime: RealTime
}) {
  const { db, openSession, sessions, signIn, acting, readCookie, accessTokens, realTime } = parts

  const open: UserHandlers['openBrowserSession'] = (given, { body }) => {
    const ctx = ofBrowser(given, body.userAgent)
    return signIn.byPassword(ctx, body, async (account, also) => {
      const { credential, browser } = newCredential(ctx)
      const { id, expiresAt, statements } = await openSession(ctx, account, {
        methods: ['pwd'],
        browser,
      })
      await db.transaction(ctx, async (tx) => {
        await sessions.replaceWithin(ctx, tx, browser.client, body.replaces)
        await tx.batch([...statements, ...also])
      })
      return { credential, sessionId: id, accountId: account.id, expiresAt }
    })
  }

  /** Uses the session: its end moves on, never past the absolute one. */
  async function touch(ctx: Context, { own, sessionId }: Held): Promise<string | undefined> {
    if (!own) return undefined
    const expiresAt = earlier(realTime.now(browserIdleMs), own.renewableUntil)
    const [now, address] = [realTime.now(), ctx.address || null]
    await db.batch(ctx, [touchBrowserSession(sessionId, now, expiresAt, address)])
    return expiresAt
  }

  const exchange: UserHandlers['exchangeBrowserSession'] = async (ctx, { body }) => {
    const held = await readCookie(ctx, body.credential)
    const { sessionId, accountId, state, own } = held
    const isStale = own !== undefined && own.lastUsedAt < realTime.now(-touchMs)
    const moved = isStale ? await touch(ctx, held) : undefined
    return {
      accountId,
      sessionId,
      roles: state.roles,
      patterns: state.patterns,
      acting: state.acting && { standing: state.acting.standing, reason: state.acting.reason },
      expiresAt: moved ?? held.expiresAt,
      ...accessTokens.mint({
        accountId,
        sessionId,
        tenantId: ctx.scope.tenantId,
        roles: state.roles,
        methods: held.methods,
        openedAt: held.authenticatedAt,
        clientId: clientOf(ctx),
        endsAt: moved ?? held.endsAt,
        lifetimeSeconds: exchangedTokenSeconds,
        ...(state.acting && { actor: actorOf(accountId, state.acting) }),
      }),
    }
  }

  const renew: UserHandlers['renewBrowserSession'] = async (ctx, { body }) => {
    const held = await readCookie(ctx, body.credential)
    const { sessionId, state } = held
    // An operator goes on by giving a reason again, which opens another session.
    if (state.acting?.standing === 'operator') return { sessionId, expiresAt: held.expiresAt }
    const moved = await touch(ctx, held)
    if (moved !== undefined) return { sessionId, expiresAt: moved }
    const expiresAt = realTime.now(accessTokenSeconds * 1000)
    await db.batch(ctx, [extendActing(sessionId, realTime.now(), expiresAt)])
    return { sessionId, expiresAt }
  }

  const close: UserHandlers['closeBrowserSession'] = async (ctx, { body }) => {
    let held: Held
    try {
      held = await readCookie(ctx, body.credential)
    } catch (error) {
      // Nobody learns from a sign-out whether there was a session.
      if (error instanceof Problem && error.code === browserSessionRefused.code) return
      throw error
    }
    await sessions.signOutBrowser(asPerson(ctx, held))
  }

  const openTenant: UserHandlers['openBrowserTenantSession'] = async (given, { body }) => {
    const ctx = ofBrowser(given, body.userAgent)
    const person = asPerson(ctx, await readCookie(ctx, body.credential))
    const { credential, browser } = newCredential(ctx)
    const entered = await acting.enterInBrowser(person, body, browser)
    return { credential, accountId: person.principal.subject, ...entered }
  }

  return { open, exchange, renew, close, openTenant }
}

/** By whom a token is held that acts for a tenant, as doors must know it. */
function actorOf(accountId: string, { parentId, standing, reason }: NonNullable<State['acting']>) {
  return { accountId, tenantId: platformTenantId, sessionId: parentId, standing, reason }
}

/** The same call as the work of the person whom the cookie stands for. */
function asPerson(ctx: Context, { accountId, sessionId, state }: Held): Context {
  const actor = { subject: accountId, tenantId: platformTenantId }
  return {
    ...ctx,
    principal: Object.freeze({
      kind: 'user' as const,
      subject: accountId,
      tenantId: ctx.scope.tenantId,
      sessionId,
      roles: state.roles,
      permissions: new Set<string>(),
      ...(state.acting && { actor }),
    }),
  }
}

export function refused(): Problem {
  return new Problem(browserSessionRefused, 'Begin at the sign-in page')
}
