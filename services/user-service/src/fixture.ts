import type { Context } from '@prognetwork/contracts'
import { credentialsWrong } from '@prognetwork/contracts/user'
import { type Database, type Fixture, Problem } from '@prognetwork/shared-infrastructure'
import type { createPasswordReset } from './accounts/password-reset.ts'
import type { createSignUp } from './accounts/sign-up.ts'
import type { createApiKeys } from './api-keys/api-keys.ts'
import { listMail } from './captured-mail/captured-mail.ts'
import type { createInvitations } from './invitations/invitations.ts'
import type { createRoles } from './roles/roles.ts'
import type { createSignIn } from './sign-in/sign-in.ts'

/**
 * A customer of the tenant who is signed in, and what its staff has: a role of its own, an
 * invitation, an API key. Its owner and how they act for it are there before any fixture.
 */
export function createFixture(parts: {
  readonly db: Database
  readonly signUp: ReturnType<typeof createSignUp>
  readonly signIn: ReturnType<typeof createSignIn>
  readonly reset: ReturnType<typeof createPasswordReset>
  readonly roles: ReturnType<typeof createRoles>
  readonly invitations: ReturnType<typeof createInvitations>
  readonly apiKeys: ReturnType<typeof createApiKeys>
}): Fixture {
  const { db, signUp, signIn, reset, roles, invitations, apiKeys } = parts

  async function mailedToken(ctx: Context, email: string): Promise<string> {
    const [mail] = await db.read(ctx, listMail(email, null, 1))
    return /token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? ''
  }

  return async (ctx, { marker }) => {
    const email = `${marker}-customer@example.com`
    const password = `${marker} and nobody else`
    await signUp.signUp(ctx, {
      body: { email, password, displayName: `${marker} customer`, locale: 'en' },
    })
    const token = await mailedToken(ctx, email)
    const { accountId } = await signUp.verifyEmail(ctx, { body: { token, password } })
    const { sessionId } = await signIn.signIn(ctx, { body: { email, password } })
    // Leaves its counters, as the reset leaves its link.
    await signIn.signIn(ctx, { body: { email, password: `not ${password}` } }).catch(wrongPassword)
    await reset.request(ctx, { body: { email } })
    await roles.create(ctx, { body: { name: marker, patterns: ['user:account:read'] } })
    const invitation = await invitations.invite(ctx, {
      body: { email: `${marker}-guest@example.com`, roles: [marker] },
    })
    const apiKey = await apiKeys.create(ctx, {
      body: { name: `${marker} key`, scopes: ['user:account:read'] },
    })
    return {
      account: accountId,
      session: sessionId,
      invitation: invitation.id,
      api_key: apiKey.id,
    }
  }
}

function wrongPassword(error: unknown): void {
  if (!(error instanceof Problem && error.code === credentialsWrong.code)) throw error
}
