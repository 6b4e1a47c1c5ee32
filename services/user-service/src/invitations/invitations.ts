import { randomBytes } from 'node:crypto'
import { type Context, type Input, type Output, platformTenantId } from '@prognetwork/contracts'
import {
  invitationCreated,
  invitationExists,
  invitationMissing,
  membershipCreated,
  membershipExists,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type IdempotentContext,
  listPage,
  newId,
  type PlatformDoor,
  Problem,
  type RealTime,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { accountLink } from '../accounts/account-links.ts'
import { findAccount, holdAccount } from '../accounts/accounts.store.ts'
import { captureMail, type Mail } from '../captured-mail/captured-mail.ts'
import { findMemberByEmail, insertMember } from '../memberships/memberships.store.ts'
import { invalidToken, tokenHash } from '../one-time-tokens/one-time-tokens.ts'
import { noteAuthorityChange } from '../revocations/revocations.ts'
import { authorityOf, checkGiven } from '../roles/authority.ts'
import {
  deleteInvitation,
  findInvitation,
  type Invitation,
  insertInvitation,
  listInvitations,
  renewInvitation,
  takeInvitation,
} from './invitations.store.ts'

type Operations = typeof userContract.operations
type Accepted = Output<Operations['acceptInvitation']>

const lifetimeMs = 7 * 24 * 3_600_000

interface InvitationParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  /** Of the platform, where the staff of all tenants signs in. */
  readonly staffPages: string
  readonly realTime: RealTime
}

/** Bringing people into a tenant by e-mail. The link works once, for the address it was sent to. */
export function createInvitations(parts: InvitationParts) {
  const { db, platform, events, audit, staffPages, realTime } = parts

  /** Which tenant the link leads to, and who follows it: an address that its owner verified. */
  async function followed(ctx: Context, hash: Buffer) {
    const { kind, subject, actor } = ctx.principal
    if (kind !== 'user' || actor || ctx.scope.tenantId !== platformTenantId) throw invalidToken()
    const [account] = await db.read(ctx, findAccount(subject))
    const found = await db.lookup(findInvitation(hash))
    if (!account?.emailVerified || !found || found.email !== account.email) throw invalidToken()
    return { account, tenantId: found.tenantId }
  }

  return {
    async invite(
      ctx: IdempotentContext<Invitation>,
      { body }: Input<Operations['inviteMember']>,
    ): Promise<Invitation> {
      const authority = await authorityOf(ctx, db)
      const token = newToken()
      const id = newId()
      const invitedBy = ctx.principal.subject
      const roles = [...new Set(body.roles)]
      return db.transaction(ctx, async (tx) => {
        await checkGiven(ctx, tx, authority, roles)
        const [member] = await tx.run(findMemberByEmail(body.email))
        if (member) throw new Problem(membershipExists, 'Change the roles of the member instead')
        const [made] = await tx.run(
          insertInvitation(
            id,
            body.email,
            roles,
            tokenHash(token),
            invitedBy,
            ctx.now,
            realTime.now(lifetimeMs),
            realTime.now(),
          ),
        )
        if (!made) throw new Problem(invitationExists, 'Send it again, or take it back')
        await tx.batch([
          captureMail(ctx, invitationMail(body.email, staffPages, token)),
          await events.put(ctx, invitationCreated, {
            invitationId: id,
            invitedBy,
            roles,
          }),
          audit(ctx, {
            action: 'invitation.created',
            outcome: 'success',
            resource: `invitation/${id}`,
            detail: { roles },
          }),
          ctx.answer(made),
        ])
        return made
      })
    },

    async list(
      ctx: Context,
      { query }: Input<Operations['listInvitations']>,
    ): Promise<Output<Operations['listInvitations']>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(ctx, listInvitations(before ?? null, query.limit + 1))
      return listPage(rows, query.limit, (row) => [row.id])
    },

    async resend(
      ctx: Context,
      { params }: Input<Operations['resendInvitation']>,
    ): Promise<Invitation> {
      const token = newToken()
      return db.transaction(ctx, async (tx) => {
        const [renewed] = await tx.run(
          renewInvitation(params.invitationId, tokenHash(token), realTime.now(lifetimeMs)),
        )
        if (!renewed) throw missing()
        await tx.batch([
          captureMail(ctx, invitationMail(renewed.email, staffPages, token)),
          audit(ctx, {
            action: 'invitation.sent_again',
            outcome: 'success',
            resource: `invitation/${renewed.id}`,
          }),
        ])
        return renewed
      })
    },

    async revoke(ctx: Context, { params }: Input<Operations['revokeInvitation']>): Promise<void> {
      await db.transaction(ctx, async (tx) => {
        const [gone] = await tx.run(deleteInvitation(params.invitationId))
        if (!gone) throw missing()
        await tx.run(
          audit(ctx, {
            action: 'invitation.revoked',
            outcome: 'success',
            resource: `invitation/${gone.id}`,
          }),
        )
      })
    },

    /** Used up, expired, of another address or purpose: the answer is the same. */
    async accept(ctx: Context, { body }: Input<Operations['acceptInvitation']>): Promise<Accepted> {
      const hash = tokenHash(body.token)
      const { account, tenantId } = await followed(ctx, hash)
      const { id: accountId, displayName, email } = account
      return platform.transaction(ctx, 'accept an invitation', async (tx) => {
        const [held] = await tx.run(holdAccount(accountId))
        if (!held) throw invalidToken()
        const [[taken]] = await tx.within(tenantId, () => [
          takeInvitation(hash, email, realTime.now()),
        ])
        if (!taken) throw invalidToken()
        const { roles } = taken
        const [[made]] = await tx.within(tenantId, () => [
          insertMember(accountId, roles, displayName, email, ctx.now),
        ])
        if (!made) throw invalidToken()
        await tx.within(tenantId, async (inTenant) => [
          noteAuthorityChange(realTime.now(), accountId),
          await events.put(
            inTenant,
            membershipCreated,
            { userId: accountId, roles },
            { aggregateVersion: made.version },
          ),
          audit(inTenant, {
            action: 'membership.created',
            outcome: 'success',
            resource: `invitation/${taken.id}`,
            detail: { roles },
          }),
        ])
        return { tenantId, accountId, displayName, email, roles, createdAt: ctx.now }
      })
    },
  }
}

function newToken(): string {
  return `it_${randomBytes(32).toString('base64url')}`
}

function missing(): Problem {
  return new Problem(invitationMissing, 'It may have been accepted or taken back')
}

function invitationMail(to: string, pages: string, token: string): Mail {
  return {
    to,
    subject: 'You are invited',
    text: [
      'Somebody invites you to work with them. Accept within seven days, signed in with this address:',
      accountLink(pages, 'accept-invitation', token),
      'If you do not know what this is about, do nothing.',
    ].join('\n\n'),
  }
}
