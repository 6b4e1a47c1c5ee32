import { createHash, randomBytes } from 'node:crypto'
import { platformTenantId, type ReturnClient, webClients } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BlackBox,
  createWebClients,
  services,
  startTestPlatform,
  type TestPlatform,
  testPassword,
  type WebClientServer,
} from '@prognetwork/testing'

const {
  closeBrowserSession,
  createSignInCode,
  exchangeBrowserSession,
  openBrowserSession,
  redeemSignInCode,
  renewBrowserSession,
  signUp,
  verifyEmail,
} = userContract.operations

/** What a cookie that stands for nobody is answered, whatever is the matter with it. */
export const cookieRefused = 'user.browser_session_refused Begin at the sign-in page'

/** What the browser and the server of a client keep of a sign-in that is under way. */
export interface PendingSignIn {
  readonly code: string
  readonly codeVerifier: string
  readonly returnOrigin: string
}

export type Clients = ReturnType<typeof createWebClients>

/** A platform with the servers of the web clients beside it. */
export async function startWithClients(): Promise<TestPlatform & { readonly clients: Clients }> {
  const clients = createWebClients(webClients)
  const platform = await startTestPlatform({ definitions: [...services, ...clients.definitions] })
  return { ...platform, clients }
}

/** Somebody who has an account in this tenant, with the test password: their address. */
export async function customerOf(platform: BlackBox, tenantId: string): Promise<string> {
  const email = `customer-${randomBytes(6).toString('hex')}@example.com`
  const at = { 'prog-tenant': tenantId }
  const password = testPassword
  await platform.anonymous.call(signUp, { body: { email, password, displayName: 'C' } }, at)
  const token = await platform.mailedToken(email)
  await platform.anonymous.call(verifyEmail, { body: { token, password } }, at)
  return email
}

export const signInAt = (auth: WebClientServer, email: string) =>
  auth.call(openBrowserSession, { body: { email, password: testPassword, userAgent: 'Firefox' } })

/** RFC 7636, section 4.2. */
export function newVerifier(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString('base64url')
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  return { codeVerifier, codeChallenge }
}

/** A code for who is signed in at the auth client with this cookie. */
export async function beginAt(
  auth: WebClientServer,
  credential: string,
  client: ReturnClient,
  returnOrigin: string,
): Promise<PendingSignIn> {
  const { codeVerifier, codeChallenge } = newVerifier()
  const { code } = await auth.call(createSignInCode, {
    body: { credential, client, returnOrigin, codeChallenge, codeChallengeMethod: 'S256' },
  })
  return { code, codeVerifier, returnOrigin }
}

export const redeemAt = (server: WebClientServer, pending: PendingSignIn) =>
  server.call(redeemSignInCode, { body: { ...pending, userAgent: 'Firefox' } })

/** The code of the problem, and its sentence, that this work ends with; `done` when it does not. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${error.code} ${error.message}`
    throw error
  }
}

export const exchange = (server: WebClientServer, credential: string) =>
  server.call(exchangeBrowserSession, { body: { credential } })
export const renew = (server: WebClientServer, credential: string) =>
  server.call(renewBrowserSession, { body: { credential } })
export const close = (server: WebClientServer, credential: string) =>
  server.call(closeBrowserSession, { body: { credential } })

/** A session of the person in the admin client: by a code, as there is no other way to it. */
export async function openInOffice(clients: Clients, email: string) {
  const auth = clients.at('auth-client', platformTenantId)
  const { credential } = await signInAt(auth, email)
  const pending = await beginAt(auth, credential, 'admin-client', 'http://localhost:3000')
  return redeemAt(clients.at('admin-client', platformTenantId), pending)
}
