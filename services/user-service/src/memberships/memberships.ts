import type { Context, Input, Output, Transaction } from '@prognetwork/contracts'
import { common } from '@prognetwork/contracts'
import {
  accountMissing,
  membershipChanged,
  membershipMissing,
  membershipRemoved,
  ownerLast,
  ownerRequired,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  listPage,
  Problem,
  type RealTime,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { findAccount } from '../accounts/accounts.store.ts'
import { endActingOf } from '../acting/acting.store.ts'
import { noteAuthorityChange } from '../revocations/revocations.ts'
import {
  type Authority,
  authorityOf,
  checkGiven,
  checkTaken,
  leadingRole,
} from '../roles/authority.ts'
import {
  deleteInvitationsBy,
  deleteMember,
  findMember,
  findMemberships,
  listMembers,
  lockLeaders,
  lockMember,
  type Membership,
  setRoles,
} from './memberships.store.ts'

type Operations = typeof userContract.operations
type Member = { readonly accountId: string; readonly roles: string[] }

/** Who belongs to a tenant and what they are there. A tenant always keeps a holder of its leading role. */
export function createMemberships(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
}) {
  const { db, events, audit, realTime } = parts

  /** The member, and everybody in the leading role, as they stay until the commit. */
  async function lock(ctx: Context, tx: Transaction, accountId: string) {
    const leaders = await tx.run(lockLeaders(leadingRole(ctx)))
    const [member] = await tx.run(lockMember(accountId))
    if (!member) throw missing()
    return { member, leaders: leaders.map((one) => one.accountId) }
  }

  async function give(
    ctx: Context,
    tx: Transaction,
    member: Member,
    roles: readonly string[],
  ): Promise<void> {
    const { accountId } = member
    const [changed] = await tx.run(setRoles(accountId, [...roles]))
    if (!changed) throw new Error('the membership just locked is not there')
    await tx.batch([
      noteAuthorityChange(realTime.now(), accountId),
      await events.put(
        ctx,
        membershipChanged,
        { userId: accountId, roles: [...roles] },
        { aggregateVersion: changed.version },
      ),
      audit(ctx, {
        action: 'membership.changed',
        outcome: 'success',
        subject: accountId,
        detail: { before: member.roles, after: roles },
      }),
    ])
  }

  async function remove(
    ctx: Context,
    accountId: string,
    reason: 'removed' | 'left',
    authority: Authority | undefined,
  ): Promise<void> {
    await db.transaction(ctx, async (tx) => {
      const { member, leaders } = await lock(ctx, tx, accountId)
      if (authority) await checkTaken(ctx, tx, authority, member.roles)
      keepLeader(leaders, accountId)
      const [gone] = await tx.run(deleteMember(accountId))
      await tx.batch([
        endActingOf(accountId, realTime.now()),
        noteAuthorityChange(realTime.now(), accountId),
        deleteInvitationsBy(accountId),
        await events.put(
          ctx,
          membershipRemoved,
          { userId: accountId, reason },
          gone ? { aggregateVersion: gone.version } : {},
        ),
        audit(ctx, {
          action: 'membership.removed',
          outcome: 'success',
          subject: accountId,
          detail: { reason, roles: member.roles },
        }),
      ])
    })
  }

  return {
    async list(
      ctx: Context,
      { query }: Input<Operations['listMembers']>,
    ): Promise<Output<Operations['listMembers']>> {
      const [after] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(ctx, listMembers(after ?? null, query.limit + 1))
      return listPage(rows, query.limit, (row) => [row.accountId])
    },

    async read(ctx: Context, { params }: Input<Operations['readMember']>): Promise<Membership> {
      const [member] = await db.read(ctx, findMember(params.accountId))
      if (!member) throw missing()
      return member
    },

    async changeRoles(
      ctx: Context,
      { params, body }: Input<Operations['changeMemberRoles']>,
    ): Promise<Membership> {
      const authority = await authorityOf(ctx, db)
      const roles = [...new Set(body.roles)]
      return db.transaction(ctx, async (tx) => {
        const { member, leaders } = await lock(ctx, tx, params.accountId)
        await checkTaken(ctx, tx, authority, member.roles)
        await checkGiven(ctx, tx, authority, roles)
        if (!roles.includes(leadingRole(ctx))) keepLeader(leaders, params.accountId)
        await give(ctx, tx, member, roles)
        // They could give what they held then; now they may hold less.
        await tx.run(deleteInvitationsBy(params.accountId))
        return read(tx, params.accountId)
      })
    },

    async removeOne(ctx: Context, { params }: Input<Operations['removeMember']>): Promise<void> {
      await remove(ctx, params.accountId, 'removed', await authorityOf(ctx, db))
    },

    async leave(ctx: Context): Promise<void> {
      if (ctx.principal.kind !== 'user') throw missing()
      await remove(ctx, ctx.principal.subject, 'left', undefined)
    },

    async transferOwnership(
      ctx: Context,
      { body }: Input<Operations['transferOwnership']>,
    ): Promise<Membership> {
      const leading = leadingRole(ctx)
      const from = ctx.principal.subject
      return db.transaction(ctx, async (tx) => {
        const { member, leaders } = await lock(ctx, tx, body.accountId)
        const [own] = await tx.run(lockMember(from))
        if (!own || !leaders.includes(from))
          throw new Problem(ownerRequired, `Only who has the role ${leading} can pass it on`)
        if (member.accountId === from) throw missing()
        await give(ctx, tx, member, [...new Set([...member.roles, leading])])
        await give(ctx, tx, own, [
          ...new Set([...own.roles.filter((name) => name !== leading), 'admin']),
        ])
        return read(tx, member.accountId)
      })
    },

    /** A look at every tenant by somebody whose account it is not; so it is kept. */
    async listOf(
      ctx: Context,
      { params }: Input<Operations['listAccountMemberships']>,
    ): Promise<Output<Operations['listAccountMemberships']>> {
      const { accountId } = params
      const seen = audit(ctx, {
        action: 'platform.accessed',
        outcome: 'success',
        resource: `account/${accountId}`,
        detail: { reason: 'list the memberships of an account' },
      })
      const [[account]] = await db.batch(ctx, [findAccount(accountId), seen])
      if (!account) throw new Problem(accountMissing, 'Look at the list of accounts')
      const found = await db.lookup(findMemberships(accountId))
      return { items: found?.memberships ?? [] }
    },

    /** It asks for the caller's own account and for no other. */
    async listMine(ctx: Context): Promise<Output<Operations['listMyMemberships']>> {
      const { kind, subject } = ctx.principal
      if (kind !== 'user') throw new Problem(common.permissionDenied, 'Only people are members')
      const found = await db.lookup(findMemberships(subject))
      return { items: found?.memberships ?? [] }
    },
  }
}

async function read(tx: Transaction, accountId: string): Promise<Membership> {
  const [membership] = await tx.run(findMember(accountId))
  if (!membership) throw new Error('the membership just written is not there')
  return membership
}

function keepLeader(leaders: readonly string[], accountId: string): void {
  if (leaders.length === 1 && leaders[0] === accountId)
    throw new Problem(ownerLast, 'Make somebody else owner first')
}

function missing(): Problem {
  return new Problem(membershipMissing, 'Look at the list of members')
}
