import { platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  type Tenants,
  type TestPerson,
  type TestShop,
  testPassword,
  type WebClientServer,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  close,
  cookieRefused,
  customerOf,
  exchange,
  openInOffice,
  outcome,
  renew,
  signInAt,
  startWithClients,
} from './browsers.ts'

const {
  createSignInCode,
  listActingSessions,
  listMembers,
  openBrowserTenantSession,
  readPermissions,
  removeMember,
  signIn,
} = userContract.operations

let platform: Awaited<ReturnType<typeof startWithClients>>
let tenants: Tenants
let auth: WebClientServer
let backOffice: WebClientServer

beforeAll(async () => {
  platform = await startWithClients()
  tenants = createTenants(platform)
  // The link to make the first operator lives an hour, and the clock moves below.
  await platform.operator()
  auth = platform.clients.at('auth-client', platformTenantId)
  backOffice = platform.clients.at('admin-client', platformTenantId)
})
afterAll(() => platform?.stop())

const inOffice = (person: TestPerson) => openInOffice(platform.clients, person.email)

describe('acting for a tenant in a browser', () => {
  let tenant: TestShop
  const enter = (credential: string, tenantId: string, reason?: string) =>
    backOffice.call(openBrowserTenantSession, {
      body: { credential, tenantId, ...(reason !== undefined && { reason }) },
    })
  const officeOf = (tenantId: string) => platform.clients.at('admin-client', tenantId)

  beforeEach(async () => {
    tenant = await platform.shop()
  })

  test('begins with a cookie of that client, and with no other', async () => {
    const unknown = await outcome(enter('bs_nobody-has-this-one', tenant.id))
    expect(unknown).toBe(cookieRefused)
  })

  test('is a session of its own, under a cookie for that client and that tenant', async () => {
    const member = await tenants.join(tenant, 'manager')
    const parent = await inOffice(member)
    const child = await enter(parent.credential, tenant.id)
    expect(child).toMatchObject({ tenantId: tenant.id, standing: 'member', roles: ['manager'] })
    const principal = await officeOf(tenant.id).identify(child.credential)
    expect(principal).toMatchObject({
      tenantId: tenant.id,
      roles: ['manager'],
      sessionId: child.sessionId,
      actor: { subject: member.accountId, tenantId: platformTenantId },
    })
    const { items } = await officeOf(tenant.id).as(principal).call(listMembers, { query: {} })
    expect(items.map((one) => one.accountId)).toContain(member.accountId)
    for (const [server, credential] of [
      [backOffice, child.credential],
      [officeOf(tenant.id), parent.credential],
      [platform.clients.at('storefront-client', tenant.id), child.credential],
    ] as const)
      expect(await outcome(server.identify(credential))).toBe(cookieRefused)
    const { accessToken } = await exchange(officeOf(tenant.id), child.credential)
    const outside = await platform.anonymous.as(accessToken).call(readPermissions, {})
    expect(outside.body).toMatchObject({ tenantId: tenant.id, roles: ['manager'] })
  })

  test('goes on while it is renewed, and ends after half an hour without', async () => {
    const parent = await inOffice(await tenants.join(tenant, 'manager'))
    const [kept, left] = [
      await enter(parent.credential, tenant.id),
      await enter(parent.credential, tenant.id),
    ]
    const at = officeOf(tenant.id)
    for (let count = 0; count < 3; count++) {
      platform.clock.advance(25 * 60_000)
      expect(await outcome(renew(at, kept.credential))).toBe('done')
    }
    expect(await outcome(at.identify(kept.credential))).toBe('done')
    expect(await outcome(at.identify(left.credential))).toBe(cookieRefused)
  })

  test('ends with the membership', async () => {
    const member = await tenants.join(tenant, 'manager')
    const { credential } = await enter((await inOffice(member)).credential, tenant.id)
    const asOwner = await tenants.act(await signedInAgain(tenant.owner), tenant.id)
    const params = { accountId: member.accountId }
    expect((await asOwner.call(removeMember, { params })).status).toBe(204)
    const at = officeOf(tenant.id)
    expect(await outcome(at.identify(credential))).toBe(cookieRefused)
    expect(await outcome(renew(at, credential))).toBe(cookieRefused)
  })

  test('ends with the session it came from', async () => {
    const parent = await inOffice(await tenants.join(await platform.shop(), 'viewer'))
    const owner = await inOffice(tenant.owner)
    const { credential } = await enter(owner.credential, tenant.id)
    const at = officeOf(tenant.id)
    await close(backOffice, parent.credential)
    expect(await outcome(at.identify(credential))).toBe('done')
    await close(backOffice, owner.credential)
    expect(await outcome(at.identify(credential))).toBe(cookieRefused)
    expect(await outcome(exchange(at, credential))).toBe(cookieRefused)
    expect(await outcome(renew(at, credential))).toBe(cookieRefused)
  })

  test('gives no token that outlives the session it came from', async () => {
    const parent = await inOffice(tenant.owner)
    platform.clock.advance(Date.parse(parent.expiresAt) - platform.clock.nowMs() - 60_000)
    const child = await enter(parent.credential, tenant.id)
    const at = officeOf(tenant.id)
    const { accessToken, expiresIn } = await exchange(at, child.credential)
    expect(expiresIn).toBeGreaterThan(0)
    expect(expiresIn).toBeLessThanOrEqual(60)
    const outside = platform.anonymous.as(accessToken)
    expect((await outside.call(readPermissions, {})).status).toBe(200)
    platform.clock.advance(60_001)
    expect((await outside.call(readPermissions, {})).status).toBe(401)
    expect(await outcome(exchange(at, child.credential))).toBe(cookieRefused)
  })

  test('is left by a sign-out, and the session it came from goes on', async () => {
    const parent = await inOffice(tenant.owner)
    const child = await enter(parent.credential, tenant.id)
    await close(officeOf(tenant.id), child.credential)
    expect(await outcome(officeOf(tenant.id).identify(child.credential))).toBe(cookieRefused)
    expect(await outcome(backOffice.identify(parent.credential))).toBe('done')
  })

  test('by an operator takes a reason, and a new one after half an hour', async () => {
    const parent = await inOffice(await platform.operator())
    expect(await outcome(enter(parent.credential, tenant.id))).toMatch(/^user.reason_missing/)
    const { credential, expiresAt } = await enter(parent.credential, tenant.id, 'They asked')
    const at = officeOf(tenant.id)
    expect((await at.identify(credential)).actor?.reason).toBe('They asked')
    platform.clock.advance(20 * 60_000)
    expect((await renew(at, credential)).expiresAt).toBe(expiresAt)
    platform.clock.advance(10 * 60_000 + 1)
    expect(await outcome(at.identify(credential))).toBe(cookieRefused)
    const asOwner = await tenants.act(await signedInAgain(tenant.owner), tenant.id)
    const { items } = (await asOwner.call(listActingSessions, { query: {} })).body
    expect(items).toContainEqual(
      expect.objectContaining({ standing: 'operator', reason: 'They asked' }),
    )
  })

  test('is closed to strangers, and does not lead on to another tenant', async () => {
    const stranger = await inOffice(await platform.person())
    expect(await outcome(enter(stranger.credential, tenant.id))).toMatch(/^user.tenant_closed/)
    const child = await enter((await inOffice(tenant.owner)).credential, tenant.id)
    const onward = officeOf(tenant.id).call(openBrowserTenantSession, {
      body: { credential: child.credential, tenantId: tenant.id },
    })
    expect(await outcome(onward)).toMatch(/^identity.permission_denied/)
  })

  test('stops for members of a suspended tenant, not for an operator', async () => {
    const shut = await platform.shop()
    const operator = await platform.operator()
    const inside = await enter((await inOffice(shut.owner)).credential, shut.id)
    const helper = await enter((await inOffice(operator)).credential, shut.id, 'Looking into it')
    const { accessToken } = (
      await platform.anonymous.call(signIn, {
        body: { email: operator.email, password: testPassword },
      })
    ).body
    const suspended = await platform.anonymous
      .as(accessToken)
      .call(tenantContract.operations.suspendTenant, {
        params: { tenantId: shut.id },
        body: { reason: 'Unpaid invoices' },
      })
    expect(suspended.status).toBe(200)
    const at = officeOf(shut.id)
    expect(await outcome(at.identify(inside.credential))).toMatch(/^identity.tenant_suspended/)
    expect(await outcome(at.identify(helper.credential))).toBe('done')
  })

  test('is not what a sign-in elsewhere can start from', async () => {
    const { credential } = await signInAt(auth, tenant.owner.email)
    const child = await auth.call(openBrowserTenantSession, {
      body: { credential, tenantId: tenant.id },
    })
    const code = platform.clients.at('auth-client', tenant.id).call(createSignInCode, {
      body: {
        credential: child.credential,
        client: 'storefront-client',
        returnOrigin: `http://${tenant.slug}.localhost:3014`,
        codeChallenge: 'A'.repeat(43),
        codeChallengeMethod: 'S256',
      },
    })
    expect(await outcome(code)).toBe(cookieRefused)
  })

  test('is out of reach of a customer of the tenant', async () => {
    const email = await customerOf(platform, tenant.id)
    const { credential } = await signInAt(platform.clients.at('auth-client', tenant.id), email)
    const tried = platform.clients
      .at('auth-client', tenant.id)
      .call(openBrowserTenantSession, { body: { credential, tenantId: tenant.id } })
    expect(await outcome(tried)).toMatch(/^identity.permission_denied/)
  })
})

/** A person whose tokens the clock has outlived. */
async function signedInAgain(person: TestPerson): Promise<TestPerson> {
  const { body } = await platform.anonymous.call(signIn, {
    body: { email: person.email, password: testPassword },
  })
  return { ...person, ...platform.anonymous.as(body.accessToken) }
}
