import { type Context, type Input, type Output, platformTenantId } from '@prognetwork/contracts'
import { type userContract, userCreated } from '@prognetwork/contracts/user'
import { command, newId } from '@prognetwork/shared-infrastructure'
import {
  findAccountByEmail,
  insertAccount,
  markVerified,
  setPassword,
} from '../accounts/accounts.store.ts'
import type { SignUpParts } from '../accounts/sign-up.ts'
import {
  forgetTokens,
  invalidToken,
  takeToken,
  tokenHash,
} from '../one-time-tokens/one-time-tokens.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { newSetUpLink } from './set-up-link.ts'

type Operations = typeof userContract.operations

const insertMembership = command<[accountId: string, roles: readonly string[], now: string]>(
  'membership.insert',
  `insert into membership (account_id, roles, created_at) values ($1, $2, $3)
   on conflict (tenant_id, account_id) do update set roles = excluded.roles`,
)

/**
 * The first operator. An empty platform hands out one link that works once and for an hour; there
 * is no default password anywhere.
 */
export function createPlatformSetUp(
  parts: SignUpParts & { sessions: Sessions; staffPages: string },
) {
  const { db, events, audit, passwords, realTime, sessions } = parts
  return {
    newLink: (ctx: Context) => newSetUpLink(ctx, parts),

    async setUp(
      ctx: Context,
      { body }: Input<Operations['setUpPlatform']>,
    ): Promise<Output<Operations['setUpPlatform']>> {
      if (ctx.scope.tenantId !== platformTenantId) throw invalidToken()
      const passwordHash = await passwords.hash(body.password)
      const realNow = realTime.now()
      const newUserId = newId()
      const created = await events.put(
        ctx,
        userCreated,
        { userId: newUserId, email: body.email },
        { aggregateVersion: 1 },
      )
      return db.transaction(ctx, async (tx) => {
        const [token] = await tx.run(takeToken(tokenHash(body.token), 'set_up_platform', realNow))
        if (!token) throw invalidToken()
        const [known] = await tx.run(findAccountByEmail(body.email))
        const userId = known?.id ?? newUserId
        if (!known)
          await tx.batch([
            insertAccount(userId, body.email, body.displayName, 'en', ctx.now, ctx.now),
            created,
          ])
        const [account] = await tx.run(markVerified(userId, ctx.now))
        if (!account) throw new Error('the account just written is not there')
        await tx.batch([
          setPassword(userId, passwordHash, ctx.now),
          // Whoever signed up with this address before, or is signed in with it, is not the operator.
          forgetTokens(userId, 'verify_email'),
          forgetTokens(userId, 'reset_password'),
          insertMembership(userId, ['operator'], ctx.now),
          audit(ctx, { action: 'platform.set_up', outcome: 'success', subject: userId }),
        ])
        await sessions.revokeEvery(ctx, tx, userId, 'password_reset')
        return account
      })
    },
  }
}
