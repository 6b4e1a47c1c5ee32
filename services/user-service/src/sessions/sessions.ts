import { createHmac, randomBytes } from 'node:crypto'
import type {
  Context,
  EventData,
  Input,
  Output,
  Statement,
  Transaction,
} from '@prognetwork/contracts'
import { common } from '@prognetwork/contracts'
import {
  accountMissing,
  actingSessionEnded,
  authenticationFailed,
  refreshRefused,
  sessionMissing,
  sessionRevoked,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type KeyRing,
  newId,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { findAccount } from '../accounts/accounts.store.ts'
import { endActing } from '../acting/acting.store.ts'
import { findBrowserSession } from '../browser-sessions/browser-sessions.store.ts'
import { tokenHash } from '../one-time-tokens/one-time-tokens.ts'
import type { AccessTokens } from '../signing-keys/access-tokens.ts'
import type { AuthenticatedAccount, AuthenticationMethod, OpenSession } from './open-session.ts'
import {
  insertRefreshToken,
  isUnused,
  listActive,
  lockRefreshToken,
  revokeAll,
  revokeOne,
  revokeWithOrigin,
  touchSession,
  useRefreshToken,
} from './sessions.store.ts'

type Operations = typeof userContract.operations
type Tokens = Output<Operations['signIn']>
type RevokeReason = EventData<typeof sessionRevoked>['reason']

/** How long the successor of a refresh token is given again to whoever presents the token. */
const graceMs = 10_000

/** Sessions, the tokens of those that have some, and the end of any. */
export function createSessions(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly openSession: OpenSession
  readonly accessTokens: AccessTokens
  readonly keyRing: KeyRing
  readonly realTime: RealTime
}) {
  const { db, events, audit, openSession, accessTokens, realTime } = parts
  const successorKey = parts.keyRing.deriveKey('refresh-token-successor')

  function tokensFor(
    ctx: Context,
    account: AuthenticatedAccount,
    session: { id: string; methods: readonly string[]; openedAt: string; endsAt: string },
    refreshToken: string,
  ): Tokens {
    return {
      ...accessTokens.mint({
        accountId: account.id,
        sessionId: session.id,
        tenantId: ctx.scope.tenantId,
        roles: account.roles,
        methods: session.methods,
        openedAt: session.openedAt,
        endsAt: session.endsAt,
      }),
      refreshToken,
      sessionId: session.id,
    }
  }

  /** The statements that end sessions say so in the log and in the audit trail. */
  async function told(
    ctx: Context,
    ended: readonly { id: string; accountId: string }[],
    reason: RevokeReason,
  ): Promise<Statement[]> {
    const statements: Statement[] = []
    const { kind, subject: by } = ctx.principal
    for (const { id, accountId } of ended) {
      statements.push(
        await events.put(ctx, sessionRevoked, { sessionId: id, userId: accountId, reason }),
        audit(ctx, {
          action: 'session.revoked',
          outcome: 'success',
          subject: accountId,
          resource: `session/${id}`,
          // The row is the account's; who looks after it is not seen otherwise.
          detail: { reason, ...(kind === 'user' && by !== accountId && { by }) },
        }),
      )
    }
    return statements
  }

  async function revoke(
    ctx: Context,
    end: Statement<{ id: string; accountId: string }>,
    reason: RevokeReason,
  ) {
    return db.transaction(ctx, async (tx) => {
      const ended = await tx.run(end)
      await tx.batch(await told(ctx, ended, reason))
      return ended.length
    })
  }

  /** Ends one session inside a transaction; nothing when it has ended already. */
  async function revokeWithin(
    ctx: Context,
    tx: Transaction,
    one: { readonly id: string; readonly accountId: string },
    reason: RevokeReason,
  ): Promise<void> {
    const ended = await tx.run(revokeOne(one.id, one.accountId, realTime.now(), reason))
    await tx.batch(await told(ctx, ended, reason))
  }

  return {
    /** Opens a session with tokens; `also` commits with it. */
    async open(
      ctx: Context,
      account: AuthenticatedAccount,
      methods: readonly AuthenticationMethod[],
      also: readonly Statement[],
    ): Promise<Tokens> {
      const refreshToken = `rt_${randomBytes(32).toString('base64url')}`
      const { id, openedAt, expiresAt, statements } = await openSession(ctx, account, { methods })
      await db.batch(ctx, [...statements, insertRefreshToken(tokenHash(refreshToken), id), ...also])
      return tokensFor(ctx, account, { id, methods, openedAt, endsAt: expiresAt }, refreshToken)
    },

    /**
     * Rotation (RFC 9700, section 4.14): each token has one successor, derived from it, so that
     * twenty refreshes at once get the same one and nothing but hashes is stored. A token that
     * comes back later than the grace, or after its successor was used, was stolen from one side
     * or the other: the session ends.
     */
    async refresh(
      ctx: Context,
      { body }: Input<Operations['refreshSession']>,
    ): Promise<Output<Operations['refreshSession']>> {
      const presented = tokenHash(body.refreshToken)
      const successor = `rt_${createHmac('sha256', successorKey).update(body.refreshToken).digest('base64url')}`
      const now = realTime.now()
      const refreshed = await db.transaction(ctx, async (tx) => {
        const [row] = await tx.run(lockRefreshToken(presented, now))
        if (!row || row.expired || row.status !== 'active') return undefined
        if (row.usedAt === null) {
          await tx.batch([
            useRefreshToken(presented, now),
            insertRefreshToken(tokenHash(successor), row.sessionId),
            touchSession(row.sessionId, now, ctx.address ?? null),
          ])
          return row
        }
        const fresh = row.usedAt > realTime.now(-graceMs)
        if (fresh && (await tx.run(isUnused(tokenHash(successor)))).length > 0) return row
        await endReused(ctx, tx, row)
        return undefined
      })
      if (!refreshed) throw new Problem(refreshRefused, 'Sign in again')
      return tokensFor(
        ctx,
        { id: refreshed.accountId, roles: refreshed.roles ?? [] },
        {
          id: refreshed.sessionId,
          methods: refreshed.methods,
          openedAt: refreshed.createdAt,
          endsAt: refreshed.expiresAt,
        },
        successor,
      )
    },

    async list(ctx: Context): Promise<Output<Operations['listSessions']>> {
      refuseActing(ctx)
      const rows = await db.read(ctx, listActive(ctx.principal.subject, realTime.now()))
      return {
        items: rows.map((row) => ({ ...row, current: row.id === ctx.principal.sessionId })),
      }
    },

    /** While acting for a tenant: stops that, and the session it came from goes on. */
    async signOut(ctx: Context): Promise<void> {
      const { actor, sessionId, subject } = ctx.principal
      if (sessionId === undefined) return
      if (actor)
        await db.batch(ctx, [
          endActing(sessionId, realTime.now()),
          await events.put(ctx, actingSessionEnded, { sessionId, userId: subject }),
          audit(ctx, {
            action: 'tenant.left',
            outcome: 'success',
            resource: `acting_session/${sessionId}`,
          }),
        ])
      else
        await revoke(ctx, revokeOne(sessionId, subject, realTime.now(), 'signed_out'), 'signed_out')
    },

    /** Out of a client, and out of where people sign in to it: or they were back in with one click. */
    async signOutBrowser(ctx: Context): Promise<void> {
      const { actor, sessionId, subject } = ctx.principal
      if (actor) return this.signOut(ctx)
      if (sessionId === undefined) return
      const reason = 'signed_out'
      await revoke(ctx, revokeWithOrigin(sessionId, subject, realTime.now(), reason), reason)
    },

    async revokeOne(ctx: Context, { params }: Input<Operations['revokeSession']>): Promise<void> {
      refuseActing(ctx)
      const ended = await revoke(
        ctx,
        revokeOne(params.sessionId, ctx.principal.subject, realTime.now(), 'revoked'),
        'revoked',
      )
      if (ended === 0) throw new Problem(sessionMissing, 'It may have ended already')
    },

    async revokeAll(ctx: Context): Promise<void> {
      refuseActing(ctx)
      await revoke(ctx, revokeAll(ctx.principal.subject, realTime.now(), 'revoked'), 'revoked')
    },

    /** The same of somebody else's account, by those who look after the tenant's. */
    async listOf(
      ctx: Context,
      { params }: Input<Operations['listAccountSessions']>,
    ): Promise<Output<Operations['listAccountSessions']>> {
      const { accountId } = params
      const [[account], rows] = await db.readAll(ctx, [
        findAccount(accountId),
        listActive(accountId, realTime.now()),
      ])
      if (!account) throw noAccount()
      return {
        items: rows.map((row) => ({ ...row, current: row.id === ctx.principal.sessionId })),
      }
    },

    async revokeOneOf(
      ctx: Context,
      { params }: Input<Operations['revokeAccountSession']>,
    ): Promise<void> {
      const { accountId, sessionId } = params
      const end = revokeOne(sessionId, accountId, realTime.now(), 'revoked')
      if ((await revoke(ctx, end, 'revoked')) === 0)
        throw new Problem(sessionMissing, 'It may have ended already')
    },

    async revokeAllOf(
      ctx: Context,
      { params }: Input<Operations['revokeAccountSessions']>,
    ): Promise<void> {
      const [account] = await db.read(ctx, findAccount(params.accountId))
      if (!account) throw noAccount()
      await revoke(ctx, revokeAll(params.accountId, realTime.now(), 'revoked'), 'revoked')
    },

    revokeWithin,

    /** Ends the session that a browser had before it signed in again. */
    async replaceWithin(
      ctx: Context,
      tx: Transaction,
      client: string,
      credential: string | undefined,
    ): Promise<void> {
      if (credential === undefined) return
      const find = findBrowserSession(tokenHash(credential), client, realTime.now())
      const [former] = await tx.run(find)
      if (former) await revokeWithin(ctx, tx, former, 'signed_out')
    },

    /** Ends every session of an account inside a transaction that changes its credential. */
    async revokeEvery(
      ctx: Context,
      tx: Transaction,
      accountId: string,
      reason: RevokeReason,
    ): Promise<void> {
      const ended = await tx.run(revokeAll(accountId, realTime.now(), reason))
      await tx.batch(await told(ctx, ended, reason))
    },
  }

  async function endReused(
    ctx: Context,
    tx: Transaction,
    row: { sessionId: string; accountId: string },
  ): Promise<void> {
    const { sessionId: id, accountId } = row
    await revokeWithin(ctx, tx, { id, accountId }, 'refresh_reused')
    await tx.run(
      await events.put(ctx, authenticationFailed, {
        attemptId: newId(),
        userId: accountId,
        reason: 'refresh_reused',
      }),
    )
  }
}

/** Who acts for a tenant has their sessions elsewhere; here there would seem to be none. */
function refuseActing({ principal }: Context): void {
  if (principal.actor)
    throw new Problem(common.permissionDenied, 'This needs a session of your own account')
}

function noAccount(): Problem {
  return new Problem(accountMissing, 'Look at the list of accounts')
}

export type Sessions = ReturnType<typeof createSessions>
