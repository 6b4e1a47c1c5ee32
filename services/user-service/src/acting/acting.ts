import {
  type Context,
  common,
  type Input,
  type Output,
  platformTenantId,
} from '@prognetwork/contracts'
import {
  accessTokenSeconds,
  actingSessionEnded,
  actingSessionMissing,
  reasonMissing,
  tenantClosed,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  listPage,
  newId,
  type PlatformDoor,
  Problem,
  type RealTime,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { type Account, findAccount } from '../accounts/accounts.store.ts'
import { deleteExpiredInvitations } from '../invitations/invitations.store.ts'
import { type BrowserCredential, earlier } from '../sessions/open-session.ts'
import { findSession } from '../sessions/sessions.store.ts'
import type { AccessTokens } from '../signing-keys/access-tokens.ts'
import {
  deleteEndedActing,
  endActing,
  findStanding,
  insertActing,
  listActing,
  renameMember,
  type Standing,
} from './acting.store.ts'

type Operations = typeof userContract.operations
type Token = Output<Operations['openTenantSession']>

type Wanted = Input<Operations['openTenantSession']>['body']

/** What an operator holds while they act for a tenant. */
export const operatorRoles = ['support'] as const
const keptMs = 7 * 24 * 3_600_000

/** How somebody enters a tenant that is not the one they signed in to. */
interface Entry {
  readonly tenantId: string
  readonly standing: Standing
  readonly roles: readonly string[]
  readonly reason: string | null
}

/**
 * Acting for a tenant is a token exchange, for half an hour and no longer: whoever goes on
 * exchanges again, an operator with a reason again. What the token may do is asked at every
 * request, so it holds only while the session it came from does, and the standing in the tenant.
 */
export function createActing(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly audit: Audit
  readonly events: EventPublisher
  readonly accessTokens: AccessTokens
  readonly realTime: RealTime
}) {
  const { db, platform, audit, events, accessTokens, realTime } = parts

  /** The person's own session in the platform's tenant; acting does not lead on to acting. */
  async function own(ctx: Context) {
    const { kind, tenantId, actor, sessionId, subject } = ctx.principal
    if (kind !== 'user' || tenantId !== platformTenantId || actor || sessionId === undefined)
      throw new Problem(common.permissionDenied, 'This needs a session of your own account')
    const [[account], [session]] = await db.readAll(ctx, [
      findAccount(subject),
      findSession(sessionId),
    ])
    if (!account || !session) throw new Problem(common.credentialInvalid, 'The session has ended')
    return { account, session: { id: sessionId, ...session } }
  }

  async function enter(
    ctx: Context,
    { account, session }: Awaited<ReturnType<typeof own>>,
    entry: Entry,
    browser?: BrowserCredential,
  ): Promise<{ id: string; expiresAt: string }> {
    const { tenantId, standing, reason } = entry
    const id = newId()
    const expiresAt = realTime.now(accessTokenSeconds * 1000)
    const detail = { standing, ...(reason !== null && { reason }) }
    await platform.transaction(ctx, reason ?? 'a member enters their tenant', async (tx) => {
      await tx.within(tenantId, (inTenant) => [
        insertActing(
          id,
          account.id,
          session.id,
          standing,
          reason,
          account.displayName,
          account.email,
          ctx.address ?? null,
          ctx.userAgent ?? null,
          realTime.now(),
          expiresAt,
          browser?.client ?? null,
          browser?.hash ?? null,
        ),
        renameMember(account.id, account.displayName, account.email),
        audit(inTenant, {
          action: 'tenant.entered',
          outcome: 'success',
          resource: `acting_session/${id}`,
          detail,
        }),
      ])
      await tx.run(
        audit(ctx, {
          action: 'tenant.entered',
          outcome: 'success',
          resource: `tenant/${tenantId}`,
          detail,
        }),
      )
    })
    return { id, expiresAt }
  }

  /** What the account is to the tenant. A stranger learns nothing about whether it exists. */
  async function standingIn(
    ctx: Context,
    account: Account,
    { tenantId, reason }: Wanted,
  ): Promise<Entry> {
    const found =
      tenantId === platformTenantId
        ? undefined
        : await db.lookup(findStanding(tenantId, account.id))
    if (found?.roles)
      return { tenantId, standing: 'member', roles: found.roles, reason: reason ?? null }
    if (!found?.tenantExists || !ctx.principal.roles.includes('operator')) {
      await db.batch(ctx, [
        audit(ctx, {
          action: 'tenant.entered',
          outcome: 'failure',
          resource: `tenant/${tenantId}`,
        }),
      ])
      throw new Problem(tenantClosed, 'Ask one of its owners for an invitation')
    }
    if (reason === undefined)
      throw new Problem(reasonMissing, 'Say why; the tenant can read it', {
        errors: [{ pointer: '/body/reason', expected: 'a sentence', detail: 'Not given' }],
      })
    return { tenantId, standing: 'operator', roles: operatorRoles, reason }
  }

  return {
    async openTenant(
      ctx: Context,
      { body }: Input<Operations['openTenantSession']>,
    ): Promise<Token> {
      const person = await own(ctx)
      const { account, session } = person
      const entry = await standingIn(ctx, account, body)
      const { tenantId, standing, roles } = entry
      const { id, expiresAt } = await enter(ctx, person, entry)
      return {
        ...accessTokens.mint({
          accountId: account.id,
          sessionId: id,
          tenantId,
          roles,
          methods: session.methods,
          openedAt: session.authenticatedAt,
          endsAt: earlier(expiresAt, session.expiresAt),
          actor: {
            accountId: account.id,
            tenantId: platformTenantId,
            sessionId: session.id,
            standing,
            reason: entry.reason,
          },
        }),
        sessionId: id,
        tenantId,
        standing,
        roles: [...roles],
      }
    },

    /** The same under a cookie of its own instead of a token. */
    async enterInBrowser(
      ctx: Context,
      wanted: Wanted,
      browser: BrowserCredential,
    ): Promise<
      Pick<Token, 'sessionId' | 'tenantId' | 'standing' | 'roles'> & { expiresAt: string }
    > {
      const person = await own(ctx)
      const entry = await standingIn(ctx, person.account, wanted)
      const { id, expiresAt } = await enter(ctx, person, entry, browser)
      const { tenantId, standing, roles } = entry
      return { sessionId: id, tenantId, standing, roles: [...roles], expiresAt }
    },

    async list(
      ctx: Context,
      { query }: Input<Operations['listActingSessions']>,
    ): Promise<Output<Operations['listActingSessions']>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(
        ctx,
        listActing(before ?? null, query.limit + 1, realTime.now(-keptMs)),
      )
      return listPage(rows, query.limit, (row) => [row.id])
    },

    async endOne(ctx: Context, { params }: Input<Operations['endActingSession']>): Promise<void> {
      await db.transaction(ctx, async (tx) => {
        const [ended] = await tx.run(endActing(params.sessionId, realTime.now()))
        if (!ended) throw new Problem(actingSessionMissing, 'It may have ended already')
        await tx.batch([
          await events.put(ctx, actingSessionEnded, {
            sessionId: params.sessionId,
            userId: ended.accountId,
          }),
          audit(ctx, {
            action: 'tenant.left',
            outcome: 'success',
            subject: ended.accountId,
            resource: `acting_session/${params.sessionId}`,
          }),
        ])
      })
    },

    /** Removes what ended long ago in every tenant, and invitations that nobody accepted. */
    async sweep(ctx: Context): Promise<void> {
      await platform.transaction(ctx, 'sweep acting sessions and invitations', (tx) =>
        tx.batch([
          deleteEndedActing(realTime.now(-keptMs)),
          deleteExpiredInvitations(realTime.now(-keptMs)),
        ]),
      )
    },
  }
}

export type Acting = ReturnType<typeof createActing>
