import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  createTestClient,
  startTestPlatform,
  type Tenants,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const {
  changeRole,
  createApiKey,
  createRole,
  deleteRole,
  listApiKeys,
  listMembers,
  listMyMemberships,
  listRoles,
  openTenantSession,
  readPermissions,
  revokeApiKey,
  rotateApiKey,
} = userContract.operations
let platform: TestPlatform
let tenants: Tenants
let tenant: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  tenants = createTenants(platform)
  tenant = await platform.shop()
})
afterAll(() => platform?.stop())

const create = (client: TestClient, ...scopes: string[]) =>
  client.call(createApiKey, { body: { name: 'Warehouse', scopes } })
const using = (key: string) => platform.anonymous.as(key)
const absent = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

describe('an API key', () => {
  test('opens what its scopes reach, in either header, and nothing else', async () => {
    const { status, body } = await create(tenant.staff, 'user:membership:read')
    expect(status).toBe(201)
    expect(body.key).toMatch(/^pn_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/)
    expect(body.key.startsWith(`${body.prefix}_`)).toBe(true)
    const asHeader = createTestClient(platform.origin, { 'x-api-key': body.key })
    for (const client of [using(body.key), asHeader]) {
      const members = await client.call(listMembers, { query: {} })
      expect(members.body.items.map((one) => one.accountId)).toEqual([tenant.owner.accountId])
      expect((await client.call(listRoles, {})).problem.code).toBe('identity.permission_denied')
      expect(await tenants.permissions(client)).toEqual(['user:membership:read'])
    }
  })

  test('makes no key that outlives it', async () => {
    const expiresAt = new Date(platform.clock.nowMs() + 60_000).toISOString()
    const short = await tenant.staff.call(createApiKey, {
      body: { name: 'Short', scopes: ['user:api_key:*'], expiresAt },
    })
    const made = await create(using(short.body.key), 'user:api_key:read')
    expect(made.body.expiresAt).toBe(expiresAt)
  })

  test('that may change roles weakens and removes none that may do more than it', async () => {
    await tenant.staff.call(createRole, {
      body: { name: 'greater', patterns: ['user:*:*', 'tenant:*:*'] },
    })
    const key = using((await create(tenant.staff, 'user:role:*')).body.key)
    const weaker = await key.call(changeRole, {
      params: { name: 'greater' },
      body: { patterns: ['user:role:read'], version: 1 },
    })
    expect(weaker.problem.code).toBe('user.permission_exceeded')
    const removed = await key.call(deleteRole, { params: { name: 'greater' } })
    expect(removed.problem.code).toBe('user.permission_exceeded')
  })

  test('is answered with what no cache may keep', async () => {
    const { body } = await create(tenant.staff, 'user:membership:read')
    const asHeader = createTestClient(platform.origin, { 'x-api-key': body.key })
    const { headers } = await asHeader.call(listMembers, { query: {} })
    expect(headers['cache-control']).toBe('no-store')
  })

  test('of one tenant never sees another, whatever it asks for', async () => {
    const other = await platform.shop()
    const key = using((await create(tenant.staff, 'user:*:*')).body.key)
    const theirs = (await create(other.staff, 'user:role:read')).body
    const { items } = (await key.call(listMembers, { query: {} })).body
    expect(items.map((one) => one.accountId)).not.toContain(other.owner.accountId)
    const ids = (await key.call(listApiKeys, { query: { limit: '100' } })).body.items
    expect(ids.map((one) => one.id)).not.toContain(theirs.id)
    const params = { keyId: theirs.id }
    for (const answer of [
      await key.call(revokeApiKey, { params }),
      await key.call(rotateApiKey, { params, body: {} }),
    ])
      expect(answer.problem.code).toBe('user.api_key_missing')
    const named = await key.call(listMembers, { query: {} }, { 'prog-tenant': other.id })
    expect([403, 404]).toContain(named.status)
  })

  test('is no person: it is a member of nothing and acts for nobody', async () => {
    const key = using((await create(tenant.staff, '*:*:*')).body.key)
    const answers = [
      await key.call(listMyMemberships, {}),
      await key.call(openTenantSession, { body: { tenantId: tenant.id } }),
    ]
    expect(answers.map((one) => one.status)).toEqual([403, 403])
    expect((await tenants.giveRoles(key, tenant.owner.accountId, 'viewer')).problem.code).toBe(
      'user.owner_required',
    )
  })

  test('is shown once: neither the list nor the table nor a log line holds it', async () => {
    const { body } = await create(tenant.staff, 'user:role:read')
    await using(body.key).call(listRoles, {})
    const list = await tenant.staff.call(listApiKeys, { query: { limit: '100' } })
    const { rows } = await platform.sql.query(
      `select k::text as row from user_service.api_key k
       union all select o.data from every_event o
       union all select u::text from user_service.audit u`,
    )
    const secret = body.key.slice(12)
    const everything = JSON.stringify([list.body, rows, platform.logLines])
    expect(everything).toContain(body.prefix)
    expect(everything).not.toContain(secret)
  })

  test.each([
    'pn_',
    'pn_abcdefgh_short',
    `pn_abcdefgh_${'x'.repeat(43)}`,
    `pn_abcdefgh_${'x'.repeat(43)}.e30.e30`,
  ])('like %s is refused', async (key) => {
    for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]) {
      const answer = await platform.anonymous.raw('GET', '/api/v1/roles', { headers })
      expect(answer.problem.code).toBe('identity.credential_invalid')
      expect(answer.status).toBe(401)
    }
  })

  test('beside another credential is refused, because one of them would be ignored', async () => {
    const { body } = await create(tenant.staff, 'user:role:read')
    const both = await tenant.owner.call(listMyMemberships, {}, { 'x-api-key': body.key })
    expect(both.problem.code).toBe('identity.credential_invalid')
  })

  test('says later when it was last used, without a write for each use', async () => {
    const { body } = await create(tenant.staff, 'user:role:read')
    const listed = async () => {
      const { items } = (await tenant.staff.call(listApiKeys, { query: { limit: '100' } })).body
      return items.find((one) => one.id === body.id)?.lastUsedAt
    }
    await Promise.all(Array.from({ length: 20 }, () => using(body.key).call(listRoles, {})))
    expect(await listed()).toBeNull()
    await vi.waitFor(async () => expect(await listed()).toEqual(expect.any(String)), 9_000)
  })
})

describe('an API key ends', () => {
  test('with the answer that it was revoked', async () => {
    const { body } = await create(tenant.staff, 'user:role:read')
    expect((await using(body.key).call(listRoles, {})).status).toBe(200)
    const params = { keyId: body.id }
    expect((await tenant.staff.call(revokeApiKey, { params })).status).toBe(204)
    expect((await using(body.key).call(listRoles, {})).status).toBe(401)
    const again = await tenant.staff.call(revokeApiKey, { params })
    expect(again.problem.code).toBe('user.api_key_missing')
    const { rows } = await platform.sql.query(
      'select type from every_event where key = $1 order by seq',
      [body.id],
    )
    expect(rows.map((row) => row.type)).toEqual(['api_key.created', 'api_key.revoked'])
  })

  test('when it expires, to the second', async () => {
    const expiresAt = new Date(platform.clock.nowMs() + 3_000).toISOString()
    const { body } = await tenant.staff.call(createApiKey, {
      body: { name: 'Short', scopes: ['user:role:read'], expiresAt },
    })
    expect((await using(body.key).call(listRoles, {})).status).toBe(200)
    platform.clock.advance(3_000)
    expect((await using(body.key).call(listRoles, {})).status).toBe(401)
    const past = await tenant.staff.call(createApiKey, {
      body: { name: 'Late', scopes: ['user:role:read'], expiresAt },
    })
    expect(past.problem.code).toBe('user.expiry_past')
  })

  test('after the overlap when it was rotated; the new secret works at once', async () => {
    const { body } = await create(tenant.staff, 'user:role:read')
    const rotated = await tenant.staff.call(rotateApiKey, {
      params: { keyId: body.id },
      body: { overlapSeconds: 60 },
    })
    expect(rotated.body).toMatchObject({ id: body.id, scopes: body.scopes })
    expect((await using(body.key).call(listRoles, {})).status).toBe(200)
    expect((await using(rotated.body.key).call(listRoles, {})).status).toBe(200)
    platform.clock.advance(60_000)
    expect((await using(body.key).call(listRoles, {})).status).toBe(401)
    expect((await using(rotated.body.key).call(listRoles, {})).status).toBe(200)
    const atOnce = await tenant.staff.call(rotateApiKey, {
      params: { keyId: body.id },
      body: { overlapSeconds: 0 },
    })
    expect((await using(rotated.body.key).call(listRoles, {})).status).toBe(401)
    expect((await using(atOnce.body.key).call(listRoles, {})).status).toBe(200)
    const nobody = await tenant.staff.call(rotateApiKey, {
      params: { keyId: absent },
      body: {},
    })
    expect(nobody.problem.code).toBe('user.api_key_missing')
  })
})

describe('nobody gets more by a key than they have', () => {
  test('by making one, with a key or a role, or by rotating a stronger one', async () => {
    await tenant.staff.call(createRole, {
      body: { name: 'key-maker', patterns: ['user:api_key:*', 'user:role:read'] },
    })
    const maker = await tenants.act(await tenants.join(tenant, 'key-maker'), tenant.id)
    expect((await create(maker, 'user:role:read')).status).toBe(201)
    for (const scope of ['*:*:*', 'user:*:*', 'user:membership:read'])
      expect((await create(maker, scope)).problem.code).toBe('user.permission_exceeded')
    const weak = using((await create(maker, 'user:api_key:create')).body.key)
    expect((await create(weak, 'user:role:read')).problem.code).toBe('user.permission_exceeded')
    expect((await create(weak, 'user:api_key:create')).status).toBe(201)
    const strong = (await create(tenant.staff, 'user:membership:*')).body
    const rotated = await maker.call(rotateApiKey, { params: { keyId: strong.id }, body: {} })
    expect(rotated.problem.code).toBe('user.permission_exceeded')
  })

  test('by scopes about the platform, or that reach nothing', async () => {
    for (const scope of ['platform:*:*', 'gateway:metrics:read', 'user:captured_mail:read'])
      expect((await create(tenant.staff, scope)).problem.code).toBe('user.permission_exceeded')
    expect((await create(tenant.staff, 'wizard:*:*')).problem.code).toBe('user.pattern_unknown')
    const all = using((await create(tenant.staff, '*:*:*')).body.key)
    const held = (await all.call(readPermissions, {})).body.permissions
    expect(held.filter((one) => /^(platform|gateway):|captured_mail/.test(one))).toEqual([])
  })

  test('without the permission, or without a credential', async () => {
    const viewer = await tenants.act(await tenants.join(tenant, 'viewer'), tenant.id)
    for (const [client, status] of [[viewer, 403] as const, [platform.anonymous, 401] as const]) {
      const params = { keyId: absent }
      const answers = [
        await create(client, 'user:role:read'),
        await client.call(listApiKeys, { query: {} }),
        await client.call(rotateApiKey, { params, body: {} }),
        await client.call(revokeApiKey, { params }),
      ]
      expect(answers.map((one) => one.status)).toEqual(Array(4).fill(status))
    }
  })
})
