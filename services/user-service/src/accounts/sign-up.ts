import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  passwordWrong,
  type userContract,
  userCreated,
  userEmailVerified,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  newId,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { captureMail } from '../captured-mail/captured-mail.ts'
import {
  findToken,
  forgetTokens,
  invalidToken,
  newToken,
  takeToken,
  tokenHash,
} from '../one-time-tokens/one-time-tokens.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { AccountPages } from './account-links.ts'
import { verificationMail, youHaveAnAccountMail } from './account-mails.ts'
import { findAccountByEmail, insertAccount, openAccount, setPassword } from './accounts.store.ts'

type Operations = typeof userContract.operations

export interface SignUpParts {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly passwords: Passwords
  readonly accountPages: AccountPages
  readonly realTime: RealTime
}

const sent = { status: 'verification_sent' } as const

/**
 * Sign-up and the verification that completes it. The answer and the work are the same for a new
 * address and a known one; only the mail tells which it was.
 */
export function createSignUp(parts: SignUpParts) {
  const { db, events, audit, passwords, accountPages, realTime } = parts

  /**
   * An address nobody used, or one that nobody verified. Links given out before stay good: a
   * stranger who signs up with the same address must not be able to end them.
   */
  async function admit(
    ctx: Context,
    body: Input<Operations['signUp']>['body'],
    passwordHash: string,
    { unverifiedId, pages }: { readonly unverifiedId: string | undefined; readonly pages: string },
  ): Promise<void> {
    const userId = unverifiedId ?? newId()
    const { token, insert } = newToken('verify_email', {
      accountId: userId,
      chosen: { passwordHash, displayName: body.displayName, locale: body.locale },
      realTime,
    })
    const account = unverifiedId
      ? []
      : [
          insertAccount(userId, body.email, body.displayName, body.locale, null, ctx.now),
          await events.put(
            ctx,
            userCreated,
            { userId, email: body.email },
            { aggregateVersion: 1 },
          ),
        ]
    await db.batch(ctx, [
      ...account,
      insert,
      captureMail(ctx, verificationMail(body.email, pages, token)),
      audit(ctx, { action: 'user.signed_up', outcome: 'success', subject: userId }),
    ])
  }

  async function remind(
    ctx: Context,
    email: string,
    { userId, pages }: { readonly userId: string; readonly pages: string },
  ): Promise<void> {
    await db.batch(ctx, [
      captureMail(ctx, youHaveAnAccountMail(email, pages)),
      audit(ctx, { action: 'user.signed_up', outcome: 'failure', subject: userId }),
    ])
  }

  return {
    async signUp(
      ctx: Context,
      { body }: Input<Operations['signUp']>,
    ): Promise<Output<Operations['signUp']>> {
      const passwordHash = await passwords.hash(body.password)
      const pages = await accountPages(ctx)
      const [known] = await db.read(ctx, findAccountByEmail(body.email))
      if (known?.emailVerified) {
        await remind(ctx, body.email, { userId: known.id, pages })
        return sent
      }
      try {
        await admit(ctx, body, passwordHash, { unverifiedId: known?.id, pages })
      } catch (error) {
        // Two sign-ups at once: the other one made the account.
        if (!isEmailTaken(error)) throw error
        const [other] = await db.read(ctx, findAccountByEmail(body.email))
        if (!other) throw error
        await admit(ctx, body, passwordHash, { unverifiedId: other.id, pages })
      }
      return sent
    },

    async verifyEmail(
      ctx: Context,
      { body }: Input<Operations['verifyEmail']>,
    ): Promise<Output<Operations['verifyEmail']>> {
      const find = [tokenHash(body.token), 'verify_email', realTime.now()] as const
      const [offered] = await db.read(ctx, findToken(...find))
      if (!offered?.passwordHash) throw invalidToken()
      if (!(await passwords.verify(offered.passwordHash, body.password))) throw wrongPassword()
      return db.transaction(ctx, async (tx) => {
        const [token] = await tx.run(takeToken(...find))
        if (!token?.accountId || !token.passwordHash) throw invalidToken()
        const [account] = await tx.run(
          openAccount(token.accountId, ctx.now, token.displayName, token.locale),
        )
        // Another link came first; this one must not change what that one set.
        if (!account) throw invalidToken()
        await tx.batch([
          setPassword(account.id, token.passwordHash, ctx.now),
          forgetTokens(account.id, 'verify_email'),
          await events.put(
            ctx,
            userEmailVerified,
            { userId: account.id },
            { aggregateVersion: account.version },
          ),
          audit(ctx, { action: 'user.email_verified', outcome: 'success', subject: account.id }),
        ])
        return { accountId: account.id, email: account.email }
      })
    },
  }
}

function wrongPassword(): Problem {
  return new Problem(passwordWrong, 'Type the password you chose when you asked for this link', {
    errors: [
      {
        pointer: '/body/password',
        expected: 'the password of the sign-up that this mail answers',
        detail: 'It is another',
      },
    ],
  })
}

function isEmailTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    error.constraint === 'account_tenant_id_email_key'
  )
}
