import { createHash, randomBytes } from 'node:crypto'
import { platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  createWebClients,
  type Tenants,
  type TestClient,
  type TestPerson,
  type TestPlatform,
  type TestShop,
  testPassword,
  type WebClientServer,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ListeningGateway, startListening } from './listening-gateway.ts'

// The token that a cookie is exchanged for is believed like any other, and ends like any other.

const { operations: user } = userContract
const clients = createWebClients(['auth-client', 'admin-client'])
let gateway: ListeningGateway
let platform: TestPlatform
let tenants: Tenants
let auth: WebClientServer
let office: WebClientServer

beforeAll(async () => {
  gateway = await startListening(clients.definitions)
  platform = gateway.platform
  tenants = createTenants(platform)
  auth = clients.at('auth-client', platformTenantId)
  office = clients.at('admin-client', platformTenantId)
})
afterAll(() => platform?.stop())

const status = async (client: TestClient) => (await client.call(user.readPermissions, {})).status

/** Whoever has what a cookie is exchanged for, once the door believes it without a question. */
async function exchanged(server: WebClientServer, credential: string): Promise<TestClient> {
  const { accessToken } = await server.call(user.exchangeBrowserSession, { body: { credential } })
  const client = platform.anonymous.as(accessToken)
  await gateway.settle(client)
  expect(await status(client)).toBe(200)
  return client
}

const signInAt = (person: TestPerson, replaces?: string) =>
  auth.call(user.openBrowserSession, {
    body: { email: person.email, password: testPassword, ...(replaces && { replaces }) },
  })

/** Refused by what was asked at once, and afterwards by what was heard. */
async function refusedAtOnce(client: TestClient): Promise<void> {
  expect(await status(client)).toBe(401)
  await gateway.refusesUnasked(client)
}

async function codeFor(credential: string) {
  const codeVerifier = randomBytes(32).toString('base64url')
  const { code, returnOrigin } = await auth.call(user.createSignInCode, {
    body: {
      credential,
      client: 'admin-client',
      returnOrigin: 'http://localhost:3000',
      codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      codeChallengeMethod: 'S256',
    },
  })
  return { code, codeVerifier, returnOrigin }
}

describe('the token of a browser session is refused with the answer to', () => {
  interface Browser {
    readonly person: TestPerson
    readonly credential: string
    readonly sessionId: string
  }
  const ends: readonly [string, (browser: Browser) => Promise<unknown>][] = [
    [
      'its closing',
      ({ credential }) => auth.call(user.closeBrowserSession, { body: { credential } }),
    ],
    [
      'its revocation',
      ({ person, sessionId }) => person.call(user.revokeSession, { params: { sessionId } }),
    ],
    ['the revocation of all sessions', ({ person }) => person.call(user.revokeAllSessions, {})],
    ['a sign-in that replaces it', ({ person, credential }) => signInAt(person, credential)],
    [
      'a password reset',
      async ({ person: { email } }) => {
        await platform.anonymous.call(user.requestPasswordReset, { body: { email } })
        const body = { token: await platform.mailedToken(email), password: testPassword }
        await platform.anonymous.call(user.resetPassword, { body })
      },
    ],
  ]
  test.each(ends)('%s', async (_, end) => {
    const person = await platform.person()
    const { credential, sessionId } = await signInAt(person)
    const client = await exchanged(auth, credential)
    await end({ person, credential, sessionId })
    await refusedAtOnce(client)
  })

  test('a code that comes twice', async () => {
    const { credential } = await signInAt(await platform.person())
    const body = await codeFor(credential)
    const given = await office.call(user.redeemSignInCode, { body })
    const client = await exchanged(office, given.credential)
    await expect(office.call(user.redeemSignInCode, { body })).rejects.toMatchObject({
      code: 'user.code_refused',
    })
    await refusedAtOnce(client)
    expect(await status(await exchanged(auth, credential))).toBe(200)
  })
})

describe('the token of who acts for a tenant in a browser', () => {
  async function enter(person: TestPerson, shop: TestShop) {
    const parent = await office.call(user.redeemSignInCode, {
      body: await codeFor((await signInAt(person)).credential),
    })
    const child = await office.call(user.openBrowserTenantSession, {
      body: { credential: parent.credential, tenantId: shop.id },
    })
    const server = clients.at('admin-client', shop.id)
    return { parent, child, server, client: await exchanged(server, child.credential) }
  }

  test('is refused with the end of the session it came from', async () => {
    const shop = await platform.shop()
    const { parent, client } = await enter(shop.owner, shop)
    const { credential } = parent
    await office.call(user.closeBrowserSession, { body: { credential } })
    await refusedAtOnce(client)
  })

  test('is refused when that is left, and the session it came from goes on', async () => {
    const shop = await platform.shop()
    const { parent, child, server, client } = await enter(shop.owner, shop)
    const { credential } = child
    await server.call(user.closeBrowserSession, { body: { credential } })
    await refusedAtOnce(client)
    expect(await status(await exchanged(office, parent.credential))).toBe(200)
  })

  test('is refused when an owner ends it', async () => {
    const shop = await platform.shop()
    const { child, client } = await enter(await tenants.join(shop, 'manager'), shop)
    const params = { sessionId: child.sessionId }
    expect((await shop.staff.call(user.endActingSession, { params })).status).toBe(204)
    await refusedAtOnce(client)
  })

  test('can do what their roles are now, and nothing without a membership', async () => {
    const shop = await platform.shop()
    const member = await tenants.join(shop, 'admin')
    const { client } = await enter(member, shop)
    const lists = async () => (await client.call(user.listRoles, {})).status
    expect(await lists()).toBe(200)
    await tenants.giveRoles(shop.staff, member.accountId, 'viewer')
    expect(await lists()).toBe(403)
    await gateway.settle(client)
    expect(await lists()).toBe(403)
    await shop.staff.call(user.removeMember, { params: { accountId: member.accountId } })
    expect(await status(client)).toBe(401)
    await gateway.hears()
    expect(await status(client)).toBe(401)
  })
})

test('the server of a client refuses the members of a suspended tenant at once', async () => {
  const shop = await platform.shop()
  const { credential } = await signInAt(shop.owner)
  const body = await codeFor(credential)
  const parent = await office.call(user.redeemSignInCode, { body })
  const child = await office.call(user.openBrowserTenantSession, {
    body: { credential: parent.credential, tenantId: shop.id },
  })
  const server = clients.at('admin-client', shop.id)
  expect((await server.identify(child.credential)).tenantId).toBe(shop.id)
  const operator = await platform.operator()
  const params = { tenantId: shop.id }
  const reason = { reason: 'Unpaid' }
  await operator.call(tenantContract.operations.suspendTenant, { params, body: reason })
  const suspended = { code: 'identity.tenant_suspended' }
  await expect(server.identify(child.credential)).rejects.toMatchObject(suspended)
  await gateway.hears()
  await expect(server.identify(child.credential)).rejects.toMatchObject(suspended)
  await operator.call(tenantContract.operations.resumeTenant, { params })
  expect((await server.identify(child.credential)).tenantId).toBe(shop.id)
})

test('a cookie is asked about while the log cannot be followed, and never believed', async () => {
  const person = await platform.person()
  const { credential } = await signInAt(person)
  gateway.isDeaf = true
  try {
    await expect.poll(() => gateway.isHearing(), { timeout: 10_000 }).toBe(false)
    expect((await auth.identify(credential)).subject).toBe(person.accountId)
    await person.call(user.revokeAllSessions, {})
    await expect(auth.identify(credential)).rejects.toMatchObject({
      code: 'user.browser_session_refused',
    })
  } finally {
    gateway.isDeaf = false
  }
})
