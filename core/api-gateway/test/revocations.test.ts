import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { Unavailable } from '@prognetwork/shared-infrastructure'
import {
  createTenants,
  type Tenants,
  type TestClient,
  type TestPlatform,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ListeningGateway, startListening } from './listening-gateway.ts'

// The door believes a token by its signature, and hears of what was revoked.

const { operations: user } = userContract
const { operations: tenant } = tenantContract
let gateway: ListeningGateway
let platform: TestPlatform
let tenants: Tenants

beforeAll(async () => {
  gateway = await startListening()
  platform = gateway.platform
  tenants = createTenants(platform)
})
afterAll(() => platform?.stop())
beforeEach(() => {
  gateway.refuse = () => {}
  gateway.isDeaf = false
})

const status = async (client: TestClient) => (await client.call(user.readPermissions, {})).status
const hears = () => gateway.hears()
const settle = (client: TestClient) => gateway.settle(client)
const questions = () => gateway.questions()

test('a token is believed without a question while nothing was revoked', async () => {
  const person = await platform.person()
  await settle(person)
  gateway.asked = []
  for (let n = 0; n < 20; n++) expect(await status(person)).toBe(200)
  expect(questions()).toEqual([])
})

describe('with the answer that something was revoked, it is refused', () => {
  test('a session', async () => {
    const person = await platform.person()
    const other = await platform.person()
    await settle(person)
    expect((await person.call(user.signOut, {})).status).toBe(204)
    expect(await status(person)).toBe(401)
    await settle(other)
    await gateway.refusesUnasked(person)
  })

  test('an API key, and a secret that a rotation ended', async () => {
    const { staff } = await platform.shop()
    const made = async () => {
      const body = { name: 'Programs', scopes: ['user:role:read'] }
      const answer = await staff.call(user.createApiKey, { body })
      return { id: answer.body.id, client: platform.anonymous.as(answer.body.key) }
    }
    const [one, other] = [await made(), await made()]
    await settle(one.client)
    await settle(other.client)
    await staff.call(user.revokeApiKey, { params: { keyId: one.id } })
    expect(await status(one.client)).toBe(401)
    const overlap = { body: { overlapSeconds: 0 }, params: { keyId: other.id } }
    await staff.call(user.rotateApiKey, overlap)
    expect(await status(other.client)).toBe(401)
    await hears()
    expect([await status(one.client), await status(other.client)]).toEqual([401, 401])
  })

  test('a membership, with all that was done in it', async () => {
    const shop = await platform.shop()
    const member = await tenants.join(shop, 'manager')
    const acting = await tenants.act(member, shop.id)
    await settle(acting)
    await shop.staff.call(user.removeMember, { params: { accountId: member.accountId } })
    expect(await status(acting)).toBe(401)
    await hears()
    expect(await status(acting)).toBe(401)
    expect(await status(member)).toBe(200)
  })

  test('what a role of the system, or a role of the tenant, held before', async () => {
    const shop = await platform.shop()
    const [one, other] = [await tenants.join(shop, 'admin'), await tenants.join(shop, 'admin')]
    const role = { name: 'reader', patterns: ['user:role:*'] }
    const { body } = await shop.staff.call(user.createRole, { body: role })
    const give = (accountId: string, name: string) =>
      shop.staff.call(user.changeMemberRoles, { params: { accountId }, body: { roles: [name] } })
    await give(other.accountId, 'reader')
    const [first, second] = [await tenants.act(one, shop.id), await tenants.act(other, shop.id)]
    await settle(first)
    await settle(second)
    expect((await first.call(user.listRoles, {})).status).toBe(200)
    expect((await second.call(user.listRoles, {})).status).toBe(200)
    await give(one.accountId, 'member')
    expect((await first.call(user.listRoles, {})).status).toBe(403)
    await shop.staff.call(user.changeRole, {
      params: { name: 'reader' },
      body: { patterns: ['user:membership:read'], version: body.version },
    })
    expect((await second.call(user.listRoles, {})).status).toBe(403)
    await settle(first)
    await settle(second)
    expect((await first.call(user.listRoles, {})).status).toBe(403)
    expect((await second.call(user.listRoles, {})).status).toBe(403)
    expect((await second.call(user.listMembers, { query: {} })).status).toBe(200)
  })

  test('a tenant that is suspended, until it is resumed', async () => {
    const shop = await platform.shop()
    const operator = await platform.operator()
    const params = { tenantId: shop.id }
    await settle(shop.staff)
    await operator.call(tenant.suspendTenant, { params, body: { reason: 'Unpaid' } })
    expect(await status(shop.staff)).toBe(403)
    await hears()
    expect(await status(shop.staff)).toBe(403)
    await operator.call(tenant.resumeTenant, { params })
    expect(await status(shop.staff)).toBe(200)
  })

  test('the old slug of a tenant that took another', async () => {
    const shop = await platform.shop()
    const named = (slug: string) =>
      platform.anonymous.call(user.readKeySet, {}, { 'prog-tenant': slug })
    expect((await named(shop.slug)).status).toBe(200)
    await hears()
    expect((await named(shop.slug)).status).toBe(200)
    expect((await named(`${shop.slug}-2`)).status).toBe(404)
    await shop.staff.call(tenant.renameTenant, { body: { slug: `${shop.slug}-2` } })
    expect((await named(shop.slug)).status).toBe(404)
    expect((await named(`${shop.slug}-2`)).status).toBe(200)
  })
})

describe('a door that cannot hear', () => {
  const goDeaf = async () => {
    gateway.isDeaf = true
    await expect.poll(() => gateway.isHearing(), { timeout: 10_000 }).toBe(false)
  }

  test('asks for every request, and refuses what was revoked meanwhile', async () => {
    const [person, other] = [await platform.person(), await platform.person()]
    await settle(person)
    await goDeaf()
    gateway.asked = []
    for (let n = 0; n < 3; n++) expect(await status(person)).toBe(200)
    expect(questions().filter((name) => name === 'checkSession')).toHaveLength(3)
    await person.call(user.revokeAllSessions, {})
    expect(await status(person)).toBe(401)
    gateway.isDeaf = false
    await settle(other)
    // Now it comes from the snapshot.
    await gateway.refusesUnasked(person)
  })

  test('lets nobody in who cannot be asked for', async () => {
    const person = await platform.person()
    await settle(person)
    await goDeaf()
    gateway.refuse = ({ name }) => {
      if (name === 'checkSession') throw new Unavailable('user-service')
    }
    expect(await status(person)).toBe(503)
    gateway.refuse = () => {}
    gateway.isDeaf = false
    await settle(person)
  })

  test('does not believe tokens while the snapshot cannot be loaded', async () => {
    const person = await platform.person()
    await goDeaf()
    gateway.refuse = ({ name }) => {
      if (name === 'readRevocations') throw new Unavailable('user-service')
    }
    gateway.isDeaf = false
    gateway.asked = []
    await expect
      .poll(() => gateway.asked.includes('readRevocations'), { timeout: 10_000 })
      .toBe(true)
    expect(gateway.isHearing()).toBe(false)
    expect(await status(person)).toBe(200)
    expect(questions()).toContain('checkSession')
    gateway.refuse = () => {}
    await settle(person)
  })
})
