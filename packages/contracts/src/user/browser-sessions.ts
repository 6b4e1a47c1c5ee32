// What the servers of the web clients ask for the browsers in front of them. Which client asks is
// never said in a body: it is the verified caller, and the tenant is the one the call is made for.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, nothing, text, timestamp } from '../shapes.ts'
import { returnClient, signInClient, webClients } from '../web-clients.ts'
import { reasonMissing, standing, tenantClosed } from './acting.ts'
import { credentialsWrong, tooManyAttempts } from './sessions.ts'

/** One problem for every cookie that opens nothing: unknown, ended, another client's or tenant's. */
export const browserSessionRefused = problem(
  'unauthenticated',
  'user.browser_session_refused',
  'The browser has no session here; sign in again',
)
/** One problem for every code that gives nothing, whatever is wrong with it. */
export const codeRefused = problem(
  'unauthenticated',
  'user.code_refused',
  'The sign-in cannot be completed; begin again',
)
export const returnOriginUnknown = problem(
  'unprocessable',
  'user.return_origin_unknown',
  'The client has no such address for this tenant',
)

/** What the cookie holds: 256 random bits; at rest there is only its hash. Length only is checked. */
const credential = z.string().min(20).max(200)
/** The browser's own words about itself; control characters never get into a list. */
const userAgent = text(0, 400).optional()
/** The cookie that the browser brought to the sign-in; its session ends with the new one's start. */
const replaces = credential.optional()

const opened = z.object({
  /** For the cookie, shown once. */
  credential: z.string(),
  sessionId: id('session'),
  accountId: id('account'),
  /** The cookie is worth nothing after it; each use moves it on, up to the absolute end. */
  expiresAt: timestamp,
})
const exampleCredential = 'bs_8xLOxBtZp8q1VvA0o0xLtGd2oXq0hQwq3n6kq5mS1cE'
const exampleOpened = {
  credential: exampleCredential,
  sessionId: examples.id(),
  accountId: examples.id(1),
  expiresAt: examples.laterTime,
}
const exampleAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export const openBrowserSession = operation('POST', '/v1/browser-sessions', {
  summary: 'Sign a browser in with e-mail and password',
  auth: { service: [signInClient] },
  body: z.strictObject({
    email,
    // Any length is tried, so that a wrong password is wrong and not malformed.
    password: z.string().max(1_000),
    userAgent,
    replaces,
  }),
  reply: { 201: opened },
  problems: [credentialsWrong, tooManyAttempts],
  example: {
    body: { email: examples.email, password: 'a difference engine', userAgent: exampleAgent },
    reply: exampleOpened,
  },
})

/** A serialised origin (RFC 6454, section 6.2), lower case, in ASCII; compared letter by letter. */
const origin = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[a-z0-9.-]+(?::[1-9][0-9]{0,4})?$/)

const exampleCode = 'sc_mB8xLOxBtZp8q1VvA0o0xLtGd2oXq0hQwq3n6kq5mS1'

export const createSignInCode = operation('POST', '/v1/sign-in-codes', {
  summary: 'A code that signs the browser in at another client, once and for a minute',
  auth: { service: [signInClient] },
  body: z.strictObject({
    credential,
    client: returnClient,
    /** Where the browser is sent back to with the code; nowhere else. */
    returnOrigin: origin,
    /** RFC 7636: the SHA-256 of the verifier. There is no other method, `plain` least of all. */
    codeChallenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    codeChallengeMethod: z.literal('S256'),
  }),
  reply: { 201: z.object({ code: z.string(), returnOrigin: origin, expiresAt: timestamp }) },
  problems: [browserSessionRefused, returnOriginUnknown],
  example: {
    body: {
      credential: exampleCredential,
      client: 'storefront-client',
      returnOrigin: 'https://shop.example.com',
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      codeChallengeMethod: 'S256',
    },
    reply: {
      code: exampleCode,
      returnOrigin: 'https://shop.example.com',
      expiresAt: examples.time,
    },
  },
})

export const redeemSignInCode = operation('POST', '/v1/browser-sessions/from-code', {
  summary: 'Sign a browser in with a code; a code that comes twice ends what it gave',
  auth: { service: returnClient.options },
  body: z.strictObject({
    code: credential,
    /** RFC 7636, section 4.1. */
    codeVerifier: z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/),
    returnOrigin: origin,
    userAgent,
    replaces,
  }),
  reply: { 201: opened },
  problems: [codeRefused],
  example: {
    body: {
      code: exampleCode,
      codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      returnOrigin: 'https://shop.example.com',
      userAgent: exampleAgent,
    },
    reply: exampleOpened,
  },
})

/** Whoever a cookie stands for, as the session state of the doors, and a token to call with. */
const person = z.object({
  accountId: id('account'),
  sessionId: id('session'),
  roles: z.array(z.string()),
  /** What the roles come to, custom ones included. */
  patterns: z.array(z.string()),
  /** Present when the person acts for the tenant. */
  acting: z.object({ standing, reason: z.string().nullable() }).nullable(),
  expiresAt: timestamp,
  /** For the gateway, when the client's server runs apart; it never gets into a page. */
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. */
  expiresIn: z.int(),
})

export const exchangeBrowserSession = operation('POST', '/v1/browser-sessions/exchange', {
  summary: 'Who a cookie stands for; counts as a use of the session',
  auth: { service: webClients },
  body: z.strictObject({ credential }),
  reply: { 200: person },
  problems: [browserSessionRefused],
  example: {
    body: { credential: exampleCredential },
    reply: {
      accountId: examples.id(1),
      sessionId: examples.id(),
      roles: ['viewer'],
      patterns: ['order:*:read'],
      acting: null,
      expiresAt: examples.laterTime,
      accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJl',
      tokenType: 'Bearer',
      expiresIn: 300,
    },
  },
})

export const renewBrowserSession = operation('POST', '/v1/browser-sessions/renewal', {
  summary: 'Go on: moves the end of a session, but not that of an operator acting for a tenant',
  auth: { service: webClients },
  body: z.strictObject({ credential }),
  reply: { 200: z.object({ sessionId: id('session'), expiresAt: timestamp }) },
  problems: [browserSessionRefused],
  example: {
    body: { credential: exampleCredential },
    reply: { sessionId: examples.id(), expiresAt: examples.laterTime },
  },
})

export const closeBrowserSession = operation('POST', '/v1/browser-sessions/closure', {
  summary: 'Sign a browser out; says nothing about whether there was a session',
  auth: { service: webClients },
  body: z.strictObject({ credential }),
  reply: { 204: nothing },
  example: { body: { credential: exampleCredential } },
})

export const openBrowserTenantSession = operation('POST', '/v1/browser-sessions/tenant', {
  summary: 'Act for a tenant in a browser: a child of the session, under a cookie of its own',
  auth: { service: webClients },
  body: z.strictObject({
    /** Of the session in the platform's tenant. */
    credential,
    tenantId: id('tenant'),
    reason: text(1, 500).optional(),
    userAgent,
  }),
  reply: {
    201: opened.extend({ tenantId: id('tenant'), standing, roles: z.array(z.string()) }),
  },
  problems: [browserSessionRefused, tenantClosed, reasonMissing],
  example: {
    body: { credential: exampleCredential, tenantId: examples.id(2) },
    reply: {
      ...exampleOpened,
      tenantId: examples.id(2),
      standing: 'member',
      roles: ['manager'],
    },
  },
})
