import {
  authenticationFailed,
  sessionOpened,
  sessionRevoked,
  userContract,
  userCreated,
  userEmailVerified,
  userUpdated,
} from '@prognetwork/contracts/user'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createAccounts } from './accounts/accounts.ts'
import { createPasswordReset } from './accounts/password-reset.ts'
import { createSignUp } from './accounts/sign-up.ts'
import { createAuditTrail } from './audit-trail/audit-trail.ts'
import { createCapturedMail } from './captured-mail/captured-mail.ts'
import { createPasswords } from './passwords/passwords.ts'
import { personalData } from './personal-data.ts'
import { createPlatformSetUp } from './platform-set-up/platform-set-up.ts'
import { createSessions } from './sessions/sessions.ts'
import { createSignIn } from './sign-in/sign-in.ts'
import { createAccessTokens } from './signing-keys/access-tokens.ts'
import { createSigningKeys } from './signing-keys/signing-keys.ts'
import { sweepEnded } from './sweep.ts'

export default defineService({
  name: 'user-service',
  port: 3007,
  summary: 'Accounts, sign-in, sessions, roles and the audit trail',
  config: z.object({}),
  contract: userContract,
  publishes: [
    authenticationFailed,
    sessionOpened,
    sessionRevoked,
    userCreated,
    userEmailVerified,
    userUpdated,
  ],
  consumes: [],
  needs: [],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    tenantless: ['signing_key'],
    everyTenant: [
      { table: 'one_time_token', role: 'platform', reason: 'expired links are swept' },
      { table: 'session', role: 'platform', reason: 'ended sessions are swept' },
      { table: 'sign_in_limit', role: 'platform', reason: 'old failures are swept' },
    ],
    personalData,
  },
  async start(parts) {
    const signingKeys = createSigningKeys(parts)
    const accessTokens = createAccessTokens({ ...parts, signingKeys, issuer: parts.publicUrl })
    const passwords = await createPasswords()
    const sessions = createSessions({ ...parts, accessTokens })
    const signIn = createSignIn({ ...parts, passwords, sessions })
    const signUp = createSignUp({ ...parts, passwords })
    const reset = createPasswordReset({ ...parts, passwords, sessions })
    const setUp = createPlatformSetUp({ ...parts, passwords })
    const accounts = createAccounts(parts)
    const mail = createCapturedMail(parts)
    const auditTrail = createAuditTrail(parts)
    return {
      handlers: {
        signUp: signUp.signUp,
        verifyEmail: signUp.verifyEmail,
        requestPasswordReset: reset.request,
        resetPassword: reset.reset,
        setUpPlatform: setUp.setUp,
        signIn: signIn.signIn,
        refreshSession: sessions.refresh,
        signOut: sessions.signOut,
        listSessions: sessions.list,
        revokeSession: sessions.revokeOne,
        revokeAllSessions: sessions.revokeAll,
        checkSession: sessions.state,
        readProfile: accounts.readProfile,
        changeProfile: accounts.changeProfile,
        listAccounts: accounts.list,
        listAudit: auditTrail.list,
        listCapturedMail: mail.list,
        readKeySet: async (ctx) => ({ keys: await signingKeys.published(ctx) }),
      },
      jobs: [
        every('1h', 'rotate-signing-keys', ({ ctx }) => signingKeys.rotate(ctx)),
        every('1h', 'sweep-ended', ({ ctx }) => sweepEnded(parts, ctx)),
      ],
      async ready(ctx) {
        await signingKeys.rotate(ctx)
        const link = await setUp.newLink(ctx)
        return link ? [`Make the first operator (once, within an hour): ${link}`] : []
      },
    }
  },
})
