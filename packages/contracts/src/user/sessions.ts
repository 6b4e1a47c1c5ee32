import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, nothing, timestamp } from '../shapes.ts'
import { doors } from '../web-clients.ts'
import { accountMissing, byAccount } from './accounts.ts'
import { standing } from './acting.ts'

export const credentialsWrong = problem(
  'unauthenticated',
  'user.credentials_wrong',
  'E-mail and password do not belong together',
)
export const tooManyAttempts = problem(
  'limited',
  'user.too_many_attempts',
  'Too many attempts to sign in',
)
export const refreshRefused = problem(
  'unauthenticated',
  'user.refresh_refused',
  'The session cannot be continued; sign in again',
)
export const sessionMissing = problem(
  'missing',
  'user.session_missing',
  'The account has no such session',
)

/** RFC 6749, section 5.1; lifetimes in seconds. */
export const tokens = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  refreshToken: z.string(),
  sessionId: id('session'),
})
const exampleTokens = {
  accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJl',
  tokenType: 'Bearer',
  expiresIn: 1800,
  refreshToken: 'rt_8xLOxBtZp8q1VvA0o0xLtGd2oXq0hQwq3n6kq5mS1cE',
  sessionId: examples.id(),
}

export const signIn = operation('POST', '/v1/sessions', {
  summary: 'Sign in with e-mail and password',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({
    email,
    // Any length is tried, so that a wrong password is wrong and not malformed.
    password: z.string().max(1_000),
  }),
  reply: { 201: tokens },
  problems: [credentialsWrong, tooManyAttempts],
  example: {
    body: { email: examples.email, password: 'a difference engine' },
    reply: exampleTokens,
  },
})

/** Audience of access tokens (RFC 9068): every service of the platform. */
export const accessTokenAudience = 'prognetwork'

/** Lifetime of an access token at the most; nothing that ended longer ago need be remembered. */
export const accessTokenSeconds = 1_800

export const refreshSession = operation('POST', '/v1/sessions/refresh', {
  summary: 'Continue a session: the refresh token is exchanged for its one successor',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({ refreshToken: z.string().min(20).max(200) }),
  reply: { 200: tokens },
  problems: [refreshRefused],
  example: { body: { refreshToken: exampleTokens.refreshToken }, reply: exampleTokens },
})

export const session = z.object({
  id: id('session'),
  current: z.boolean(),
  /** The web client whose cookie it is under; null for one with tokens of its own. */
  client: z.string().nullable(),
  methods: z.array(z.string()),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  expiresAt: timestamp,
})

const exampleSession = {
  id: examples.id(1),
  current: true,
  client: 'storefront-client',
  methods: ['password'],
  address: examples.address,
  userAgent: 'Firefox/140.0',
  createdAt: examples.time,
  lastUsedAt: examples.time,
  expiresAt: examples.time,
}

export const listSessions = operation('GET', '/v1/me/sessions', {
  summary: 'Where the account is signed in',
  auth: { signedIn: true },
  reply: { 200: z.object({ items: z.array(session) }) },
  example: { reply: { items: [exampleSession] } },
})

export const revokeSession = operation('DELETE', '/v1/me/sessions/{sessionId}', {
  summary: 'Sign out one session of the account',
  auth: { signedIn: true },
  params: z.strictObject({ sessionId: id('session') }),
  reply: { 204: nothing },
  problems: [sessionMissing],
  example: { params: { sessionId: examples.id() } },
})

export const signOut = operation('DELETE', '/v1/me/sessions/current', {
  summary: 'Sign out',
  auth: { signedIn: true },
  reply: { 204: nothing },
  example: {},
})

export const revokeAllSessions = operation('DELETE', '/v1/me/sessions', {
  summary: 'Sign out everywhere, here too',
  auth: { signedIn: true },
  reply: { 204: nothing },
  example: {},
})

export const listAccountSessions = operation('GET', '/v1/accounts/{accountId}/sessions', {
  summary: 'Where an account of the tenant is signed in',
  auth: { permission: 'user:session:read' },
  params: byAccount,
  reply: { 200: z.object({ items: z.array(session) }) },
  problems: [accountMissing],
  example: { params: { accountId: examples.id() }, reply: { items: [exampleSession] } },
})

export const revokeAccountSession = operation(
  'DELETE',
  '/v1/accounts/{accountId}/sessions/{sessionId}',
  {
    summary: 'Sign an account of the tenant out of one session',
    auth: { permission: 'user:session:delete' },
    params: byAccount.extend({ sessionId: id('session') }),
    reply: { 204: nothing },
    problems: [sessionMissing],
    example: { params: { accountId: examples.id(), sessionId: examples.id(1) } },
  },
)

export const revokeAccountSessions = operation('DELETE', '/v1/accounts/{accountId}/sessions', {
  summary: 'Sign an account of the tenant out everywhere',
  auth: { permission: 'user:session:delete' },
  params: byAccount,
  reply: { 204: nothing },
  problems: [accountMissing],
  example: { params: { accountId: examples.id() } },
})

/** RFC 7517; Ed25519 keys as RFC 8037 writes them. */
const publicKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
})
export type PublicKey = z.infer<typeof publicKey>

export const readKeySet = operation('GET', '/v1/key-set', {
  summary: 'The public keys that access tokens are signed with (JWKS)',
  auth: { public: true },
  reply: { 200: z.object({ keys: z.array(publicKey) }) },
  example: {
    reply: {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    },
  },
})

export const checkSession = operation('GET', '/v1/session-states/{sessionId}', {
  summary: 'Whether a session still holds, and what its account may do',
  auth: { service: doors },
  params: z.strictObject({ sessionId: id('session') }),
  reply: {
    200: z.object({
      active: z.boolean(),
      roles: z.array(z.string()),
      /** What the roles come to, custom ones included. */
      patterns: z.array(z.string()),
      /** Present when somebody acts for the tenant; then the session it came from must hold too. */
      acting: z
        .object({ parentId: id('session'), standing, reason: z.string().nullable() })
        .nullable(),
    }),
  },
  example: {
    params: { sessionId: examples.id() },
    reply: { active: true, roles: ['viewer'], patterns: ['order:*:read'], acting: null },
  },
})

export const readRevocations = operation('GET', '/v1/revocations', {
  /** In a tenant, what is that tenant's; in the platform's, what every tenant has. */
  summary: 'What was revoked so lately that an access token made before may still be alive',
  auth: { service: doors },
  query: z.strictObject({ since: timestamp }),
  reply: {
    200: z.object({
      sessions: z.array(z.object({ sessionId: id('session'), at: timestamp })),
      /** Whose roles changed, or what they come to; without an account everybody's in the tenant. */
      authority: z.array(
        z.object({ tenantId: id('tenant'), accountId: id('account').nullable(), at: timestamp }),
      ),
    }),
  },
  example: {
    query: { since: examples.time },
    reply: {
      sessions: [{ sessionId: examples.id(1), at: examples.time }],
      authority: [{ tenantId: examples.id(2), accountId: null, at: examples.time }],
    },
  },
})
