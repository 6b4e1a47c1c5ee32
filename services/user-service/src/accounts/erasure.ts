// Erasing a person (GDPR, article 17): what says who they were goes, in every tenant they had to do
// with, and so does the key of what the log says about them. What they did stays, under a bare id.
import type { Context, Input } from '@prognetwork/contracts'
import {
  accountMissing,
  actingSessionEnded,
  membershipRemoved,
  ownerLast,
  sessionRevoked,
  subjectErased,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  deleteSubjectKey,
  type EventPublisher,
  type PlatformDoor,
  type PlatformTransaction,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { deleteMember, findMemberships, lockLeaders } from '../memberships/memberships.store.ts'
import { noteAuthorityChange } from '../revocations/revocations.ts'
import { leadingRole } from '../roles/authority.ts'
import { forgetFailures } from '../sign-in/sign-in-limit.ts'
import {
  deleteAccount,
  deleteAnswersTo,
  deleteInvitationsOf,
  deleteMailTo,
  endActingSessions,
  endedSessions,
  forgetActor,
} from './erasure.store.ts'

type Erase = typeof userContract.operations.eraseAccount

export function createErasure(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
}) {
  const { db, platform, events, audit, realTime } = parts

  /** A tenant without anybody in its leading role could never be led again. */
  async function checkLeaders(tx: PlatformTransaction, tenantId: string, accountId: string) {
    const [leaders] = await tx.within(tenantId, (inTenant) => [lockLeaders(leadingRole(inTenant))])
    if (leaders.length === 1 && leaders[0]?.accountId === accountId)
      throw new Problem(ownerLast, `Make somebody else owner of the tenant ${tenantId} first`)
  }

  /** What one tenant knows of the person; whoever keeps something of their own hears of it. */
  async function eraseIn(
    tx: PlatformTransaction,
    tenantId: string,
    { accountId, email }: { accountId: string; email: string },
  ): Promise<void> {
    const now = realTime.now()
    const [[member], acting] = await tx.within(tenantId, () => [
      deleteMember(accountId),
      endActingSessions(accountId, now),
    ])
    await tx.within(tenantId, async (inTenant) => [
      forgetActor(accountId),
      deleteMailTo(email),
      deleteInvitationsOf(accountId, email),
      deleteAnswersTo(accountId),
      deleteSubjectKey(accountId),
      noteAuthorityChange(now, accountId),
      ...(await Promise.all(
        acting.map(({ id: sessionId }) =>
          events.put(inTenant, actingSessionEnded, { sessionId, userId: accountId }),
        ),
      )),
      ...(member
        ? [
            await events.put(
              inTenant,
              membershipRemoved,
              { userId: accountId, reason: 'removed' },
              { aggregateVersion: member.version },
            ),
          ]
        : []),
      await events.put(inTenant, subjectErased, { subjectId: accountId }),
      audit(inTenant, { action: 'subject.erased', outcome: 'success', resource: accountId }),
    ])
  }

  return {
    /** All of it, in every tenant, or nothing. */
    async erase(ctx: Context, { params }: Input<Erase>): Promise<void> {
      const { accountId } = params
      const own = ctx.scope.tenantId
      await platform.transaction(ctx, `erase the account ${accountId}`, async (tx) => {
        const now = realTime.now()
        const [open, [account]] = await tx.within(own, () => [
          endedSessions(accountId, now),
          deleteAccount(accountId),
        ])
        if (!account) throw new Problem(accountMissing, 'Look at the list of accounts')
        // Whoever was becoming a member somewhere is one by now, or will not be.
        const found = await db.lookup(findMemberships(accountId))
        const tenants = (found?.memberships ?? []).map((one) => one.tenantId)
        // Only now: whoever asks about accounts of others hears nothing of their tenants.
        for (const tenantId of tenants) await checkLeaders(tx, tenantId, accountId)
        const { email } = account
        await tx.within(own, async (inTenant) => [
          forgetFailures(email),
          ...(await Promise.all(
            open.map(({ id: sessionId }) =>
              events.put(inTenant, sessionRevoked, {
                ...{ sessionId, userId: accountId, reason: 'revoked' },
              }),
            ),
          )),
        ])
        for (const tenantId of new Set([own, ...tenants]))
          await eraseIn(tx, tenantId, { accountId, email })
      })
    },
  }
}
