import {
  actingSessionEnded,
  apiKeyCreated,
  apiKeyRevoked,
  apiKeyRotated,
  authenticationFailed,
  invitationCreated,
  membershipChanged,
  membershipCreated,
  membershipRemoved,
  roleChanged,
  sessionOpened,
  sessionRevoked,
  subjectErased,
  userContract,
  userCreated,
  userEmailVerified,
  userUpdated,
} from '@prognetwork/contracts/user'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createAccountPages } from './accounts/account-links.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createErasure } from './accounts/erasure.ts'
import { createPasswordReset } from './accounts/password-reset.ts'
import { createSignUp } from './accounts/sign-up.ts'
import { createActing } from './acting/acting.ts'
import { createSessionState } from './acting/session-state.ts'
import { createApiKeys } from './api-keys/api-keys.ts'
import { createLastUses } from './api-keys/last-uses.ts'
import { createAuditTrail } from './audit-trail/audit-trail.ts'
import { createBrowserSessions, createCookieReader } from './browser-sessions/browser-sessions.ts'
import { createCapturedMail } from './captured-mail/captured-mail.ts'
import { createFixture } from './fixture.ts'
import { createInvitations } from './invitations/invitations.ts'
import { createMemberships } from './memberships/memberships.ts'
import { createTenantAccess } from './memberships/tenant-access.ts'
import { createPasswords } from './passwords/passwords.ts'
import { personalData } from './personal-data.ts'
import { createPlatformSetUp } from './platform-set-up/platform-set-up.ts'
import { createRevocations } from './revocations/revocations.ts'
import { createRoles } from './roles/roles.ts'
import { createOpenSession } from './sessions/open-session.ts'
import { createSessions } from './sessions/sessions.ts'
import { createSignIn } from './sign-in/sign-in.ts'
import { createReturnOrigins } from './sign-in-codes/return-origins.ts'
import { createSignInCodes } from './sign-in-codes/sign-in-codes.ts'
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
    actingSessionEnded,
    apiKeyCreated,
    apiKeyRevoked,
    apiKeyRotated,
    authenticationFailed,
    invitationCreated,
    membershipChanged,
    membershipCreated,
    membershipRemoved,
    roleChanged,
    sessionOpened,
    sessionRevoked,
    subjectErased,
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
      { table: 'captured_mail', role: 'platform', reason: 'operators read the mail of all' },
      { table: 'session', role: 'platform', reason: 'ended sessions are swept' },
      { table: 'sign_in_code', role: 'platform', reason: 'old codes are swept' },
      { table: 'sign_in_limit', role: 'platform', reason: 'old failures are swept' },
      { table: 'invitation', role: 'platform', reason: 'expired invitations are swept' },
      { table: 'acting_session', role: 'platform', reason: 'ended ones are swept' },
      { table: 'authority_change', role: 'platform', reason: 'doors load it; old ones are swept' },
      { table: 'api_key', role: 'platform', reason: 'last uses are written together' },
      { table: 'account', role: 'lookup', reason: 'the staff of tenants, platform tenant only' },
      { table: 'membership', role: 'lookup', reason: 'memberships of one account; its standing' },
      { table: 'invitation', role: 'lookup', reason: 'the invitation of a link' },
      { table: 'api_key', role: 'lookup', reason: 'the key of a hash' },
    ],
    lookups: [
      'find_api_key(bytea)',
      'find_invitation(bytea)',
      'find_staff(uuid)',
      'memberships_of(uuid)',
      'standing_in(uuid, uuid)',
    ],
    personalData,
  },
  async start(parts) {
    const signingKeys = createSigningKeys(parts)
    const accessTokens = createAccessTokens({ ...parts, signingKeys, issuer: parts.publicUrl })
    const passwords = await createPasswords()
    const accountPages = createAccountPages(parts)
    const staffPages = parts.clientOrigins['auth-client']
    const openSession = createOpenSession(parts)
    const sessions = createSessions({ ...parts, openSession, accessTokens })
    const signIn = createSignIn({ ...parts, passwords, sessions })
    const signUp = createSignUp({ ...parts, accountPages, passwords })
    const reset = createPasswordReset({ ...parts, accountPages, passwords, sessions })
    const setUp = createPlatformSetUp({ ...parts, accountPages, staffPages, passwords, sessions })
    const accounts = createAccounts(parts)
    const erasure = createErasure(parts)
    const mail = createCapturedMail(parts)
    const auditTrail = createAuditTrail(parts)
    const roles = createRoles(parts)
    const revocations = createRevocations(parts)
    const memberships = createMemberships(parts)
    const tenantAccess = createTenantAccess(parts)
    const invitations = createInvitations({ ...parts, staffPages })
    const acting = createActing({ ...parts, accessTokens })
    const sessionState = createSessionState(parts)
    const readCookie = createCookieReader({ ...parts, sessionState })
    const opening = { ...parts, openSession, sessions, readCookie }
    const browser = createBrowserSessions({ ...opening, signIn, acting, accessTokens })
    const codes = createSignInCodes({ ...opening, isRegistered: createReturnOrigins(parts) })
    const lastUses = createLastUses(parts)
    const apiKeys = createApiKeys({ ...parts, lastUses })
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
        checkSession: sessionState,
        readRevocations: revocations.read,
        readProfile: accounts.readProfile,
        changeProfile: accounts.changeProfile,
        listAccounts: accounts.list,
        readAccount: accounts.read,
        listAccountSessions: sessions.listOf,
        revokeAccountSession: sessions.revokeOneOf,
        revokeAccountSessions: sessions.revokeAllOf,
        listAccountMemberships: memberships.listOf,
        eraseAccount: erasure.erase,
        listAudit: auditTrail.list,
        listCapturedMail: mail.list,
        listRoles: roles.list,
        createRole: roles.create,
        changeRole: roles.change,
        deleteRole: roles.remove,
        readPermissions: roles.permissions,
        listMembers: memberships.list,
        readMember: memberships.read,
        changeMemberRoles: memberships.changeRoles,
        removeMember: memberships.removeOne,
        leaveTenant: memberships.leave,
        transferOwnership: memberships.transferOwnership,
        listMyMemberships: memberships.listMine,
        openTenantAccess: tenantAccess.open,
        inviteMember: invitations.invite,
        listInvitations: invitations.list,
        resendInvitation: invitations.resend,
        revokeInvitation: invitations.revoke,
        acceptInvitation: invitations.accept,
        openTenantSession: acting.openTenant,
        listActingSessions: acting.list,
        endActingSession: acting.endOne,
        createApiKey: apiKeys.create,
        listApiKeys: apiKeys.list,
        rotateApiKey: apiKeys.rotate,
        revokeApiKey: apiKeys.revoke,
        checkApiKey: apiKeys.check,
        openBrowserSession: browser.open,
        exchangeBrowserSession: browser.exchange,
        renewBrowserSession: browser.renew,
        closeBrowserSession: browser.close,
        openBrowserTenantSession: browser.openTenant,
        createSignInCode: codes.create,
        redeemSignInCode: codes.redeem,
        readKeySet: async (ctx) => ({ keys: await signingKeys.published(ctx) }),
      },
      jobs: [
        every('1h', 'rotate-signing-keys', ({ ctx }) => signingKeys.rotate(ctx)),
        every('1h', 'sweep-ended', ({ ctx }) => sweepEnded(parts, ctx)),
        every('1h', 'sweep-entries', ({ ctx }) => acting.sweep(ctx)),
      ],
      fixture: createFixture({ ...parts, signUp, signIn, reset, roles, invitations, apiKeys }),
      close: () => lastUses.close(),
      async ready(ctx) {
        await signingKeys.rotate(ctx)
        const link = await setUp.newLink(ctx)
        return link ? [`Make the first operator (once, within an hour): ${link}`] : []
      },
    }
  },
})
