import { type Input, platformTenantId } from '@prognetwork/contracts'
import {
  accountMissing,
  membershipCreated,
  tenantOwned,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type IdempotentContext,
  type PlatformDoor,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { holdAccount } from '../accounts/accounts.store.ts'
import { noteAuthorityChange } from '../revocations/revocations.ts'
import { findMember, findStaff, insertFirstMember, type Membership } from './memberships.store.ts'

type Operations = typeof userContract.operations

/** The first owner of a new tenant. Asked again for the same owner it answers the same. */
export function createTenantAccess(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
}) {
  const { db, platform, events, audit, realTime } = parts
  const roles = ['owner']
  return {
    async open(
      ctx: IdempotentContext<Membership>,
      { body }: Input<Operations['openTenantAccess']>,
    ): Promise<Membership> {
      const accountId = body.ownerAccountId
      if (ctx.scope.tenantId === platformTenantId)
        throw new Problem(tenantOwned, 'The platform has operators, not owners')
      const staff = await db.lookup(findStaff(accountId))
      if (!staff) throw noOwner()
      return platform.transaction(ctx, 'make the first owner of a tenant', async (tx) => {
        const [[held]] = await tx.within(platformTenantId, () => [holdAccount(accountId)])
        if (!held) throw noOwner()
        const [made] = await tx.run(
          insertFirstMember(accountId, roles, staff.displayName, staff.email, ctx.now),
        )
        const [membership] = await tx.run(findMember(accountId))
        if (!membership?.roles.includes('owner'))
          throw new Problem(tenantOwned, 'Its owner can invite this account')
        if (made)
          await tx.batch([
            noteAuthorityChange(realTime.now(), accountId),
            await events.put(
              ctx,
              membershipCreated,
              { userId: accountId, roles },
              { aggregateVersion: made.version },
            ),
            audit(ctx, {
              action: 'membership.created',
              outcome: 'success',
              subject: accountId,
              detail: { roles },
            }),
          ])
        await tx.run(ctx.answer(membership))
        return membership
      })
    },
  }
}

function noOwner(): Problem {
  return new Problem(accountMissing, 'An owner has a verified, active account')
}
