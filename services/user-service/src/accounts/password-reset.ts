import type { Context, Input, Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { captureMail } from '../captured-mail/captured-mail.ts'
import {
  forgetTokens,
  invalidToken,
  newToken,
  takeToken,
  tokenHash,
} from '../one-time-tokens/one-time-tokens.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { forgetFailures } from '../sign-in/sign-in-limit.ts'
import { passwordChangedMail, resetMail } from './account-mails.ts'
import { findAccount, findAccountByEmail, markVerified, setPassword } from './accounts.store.ts'
import type { SignUpParts } from './sign-up.ts'

type Operations = typeof userContract.operations

/** Setting a new password by mail; it also opens an account that failed sign-ins had shut. */
export function createPasswordReset(parts: SignUpParts & { sessions: Sessions }) {
  const { db, audit, passwords, accountPages, realTime, sessions } = parts
  return {
    async request(
      ctx: Context,
      { body }: Input<Operations['requestPasswordReset']>,
    ): Promise<Output<Operations['requestPasswordReset']>> {
      const pages = await accountPages(ctx)
      const [account] = await db.read(ctx, findAccountByEmail(body.email))
      const { token, insert } = newToken('reset_password', {
        accountId: account?.id ?? null,
        realTime,
      })
      // An unknown address costs a write too: an audit row instead of the mail.
      await db.batch(ctx, [
        ...(account
          ? [
              forgetTokens(account.id, 'reset_password'),
              insert,
              captureMail(ctx, resetMail(account.email, pages, token)),
            ]
          : []),
        audit(ctx, {
          action: 'user.password_reset_requested',
          outcome: account ? 'success' : 'failure',
          subject: account?.id ?? '',
        }),
      ])
      return { status: 'sent_if_known' }
    },

    async reset(
      ctx: Context,
      { body }: Input<Operations['resetPassword']>,
    ): Promise<Output<Operations['resetPassword']>> {
      const passwordHash = await passwords.hash(body.password)
      const pages = await accountPages(ctx)
      const realNow = realTime.now()
      return db.transaction(ctx, async (tx) => {
        const [token] = await tx.run(takeToken(tokenHash(body.token), 'reset_password', realNow))
        if (!token?.accountId) throw invalidToken()
        const [account] = await tx.run(findAccount(token.accountId))
        if (!account) throw invalidToken()
        await tx.batch([
          setPassword(account.id, passwordHash, ctx.now),
          // Whoever opened the mail owns the address.
          markVerified(account.id, ctx.now),
          forgetTokens(account.id, 'verify_email'),
          forgetFailures(account.email),
          captureMail(ctx, passwordChangedMail(account.email, pages)),
          audit(ctx, { action: 'user.password_reset', outcome: 'success', subject: account.id }),
        ])
        await sessions.revokeEvery(ctx, tx, account.id, 'password_reset')
        return { accountId: account.id }
      })
    },
  }
}
