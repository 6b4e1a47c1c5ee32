import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type Tenants,
  type TestPlatform,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  leaveTenant,
  listMembers,
  listMyMemberships,
  readPermissions,
  removeMember,
  transferOwnership,
} = userContract.operations
let platform: TestPlatform
let tenants: Tenants

beforeAll(async () => {
  platform = await startTestPlatform()
  tenants = createTenants(platform)
})
afterAll(() => platform?.stop())

const absent = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

describe('members', () => {
  test('are listed with name and address, page by page, for their own tenant only', async () => {
    const [tenant, other] = [await platform.shop(), await platform.shop()]
    const member = await tenants.join(tenant, 'viewer')
    await tenants.join(other, 'viewer')
    const first = await tenant.staff.call(listMembers, { query: { limit: '1' } })
    expect(first.body.items).toHaveLength(1)
    const rest = await tenant.staff.call(listMembers, { query: { after: first.body.next ?? '' } })
    expect([...first.body.items, ...rest.body.items].map((one) => one.email).sort()).toEqual(
      [tenant.owner.email, member.email].sort(),
    )
    expect(first.body.items[0]?.displayName).toBe('A Person')
  })

  test('get other roles at once, in the session they work in', async () => {
    const tenant = await platform.shop()
    const member = await tenants.join(tenant, 'viewer')
    const asMember = await tenants.act(member, tenant.id)
    expect(await tenants.permissions(asMember)).not.toContain('user:role:create')
    const changed = await tenants.giveRoles(tenant.staff, member.accountId, 'admin', 'admin')
    expect(changed.body.roles).toEqual(['admin'])
    expect(await tenants.permissions(asMember)).toContain('user:role:create')
    await tenants.giveRoles(tenant.staff, member.accountId, 'viewer')
    expect(await tenants.permissions(asMember)).not.toContain('user:role:create')
    const { rows } = await platform.sql.query(
      `select type from every_event where tenant_id = $1 and key = $2 order by seq`,
      [tenant.id, member.accountId],
    )
    expect(rows.map((row) => row.type)).toEqual([
      'membership.created',
      'membership.changed',
      'membership.changed',
    ])
  })

  test('that there are not, and roles that there are not, are told apart', async () => {
    const tenant = await platform.shop()
    const nobody = await tenants.giveRoles(tenant.staff, absent, 'viewer')
    expect(nobody.problem.code).toBe('user.membership_missing')
    const gone = await tenant.staff.call(removeMember, { params: { accountId: absent } })
    expect(gone.problem.code).toBe('user.membership_missing')
    for (const role of ['wizard', 'operator']) {
      const unknown = await tenants.giveRoles(tenant.staff, tenant.owner.accountId, role)
      expect(unknown.problem.code).toBe('user.role_unknown')
      expect(unknown.problem.errors?.[0]?.pointer).toBe('/body/roles/0')
    }
  })

  test('who are removed are refused at once, with the token they hold, and cannot come back', async () => {
    const tenant = await platform.shop()
    const member = await tenants.join(tenant, 'admin')
    const asMember = await tenants.act(member, tenant.id)
    const friend = await platform.person()
    await tenants.invite(asMember, friend.email, ['admin'])
    const removed = await tenant.staff.call(removeMember, {
      params: { accountId: member.accountId },
    })
    expect(removed.status).toBe(204)
    expect((await asMember.call(listMembers, { query: {} })).status).toBe(401)
    expect((await member.call(listMyMemberships, {})).body.items).toEqual([])
    const { rows } = await platform.sql.query(
      `select (select count(*)::int from user_service.invitation where tenant_id = $1) as open,
         (select data from every_event
          where tenant_id = $1 and type = 'membership.removed') as data`,
      [tenant.id],
    )
    expect(rows[0].open).toBe(0)
    expect(JSON.parse(rows[0].data)).toEqual({ userId: member.accountId, reason: 'removed' })
  })

  test('leave by themselves', async () => {
    const tenant = await platform.shop()
    const member = await tenants.join(tenant, 'viewer')
    const asMember = await tenants.act(member, tenant.id)
    expect((await asMember.call(leaveTenant, {})).status).toBe(204)
    expect((await asMember.call(readPermissions, {})).status).toBe(401)
    expect((await member.call(leaveTenant, {})).problem.code).toBe('user.membership_missing')
  })

  test('see each tenant they belong to, and no one else does', async () => {
    const [one, other] = [await platform.shop(), await platform.shop()]
    const member = await tenants.join(one, 'viewer')
    const token = await tenants.invite(other.staff, member.email, ['manager'])
    await member.call(userContract.operations.acceptInvitation, { body: { token } })
    const mine = (await member.call(listMyMemberships, {})).body.items
    expect(mine.map(({ tenantId, roles }) => [tenantId, roles])).toEqual([
      [one.id, ['viewer']],
      [other.id, ['manager']],
    ])
    const stranger = await platform.person()
    expect((await stranger.call(listMyMemberships, {})).body.items).toEqual([])
  })
})

describe('nobody', () => {
  test('without the permission changes, removes or passes on anything', async () => {
    const tenant = await platform.shop()
    const viewer = await tenants.join(tenant, 'viewer')
    const asViewer = await tenants.act(viewer, tenant.id)
    const { accountId } = tenant.owner
    const answers = [
      await tenants.giveRoles(asViewer, viewer.accountId, 'owner'),
      await asViewer.call(removeMember, { params: { accountId } }),
      await asViewer.call(transferOwnership, { body: { accountId: viewer.accountId } }),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(
      Array(3).fill('identity.permission_denied'),
    )
  })

  test('but an owner makes or unmakes owners', async () => {
    const tenant = await platform.shop()
    const admin = await tenants.join(tenant, 'admin')
    const asAdmin = await tenants.act(admin, tenant.id)
    const { accountId } = tenant.owner
    const answers = [
      await tenants.giveRoles(asAdmin, admin.accountId, 'owner'),
      await tenants.giveRoles(asAdmin, accountId, 'viewer'),
      await asAdmin.call(removeMember, { params: { accountId } }),
      await asAdmin.call(transferOwnership, { body: { accountId: admin.accountId } }),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(Array(4).fill('user.owner_required'))
  })

  test('unmakes those who may do more than they', async () => {
    const tenant = await platform.shop()
    await tenant.staff.call(userContract.operations.createRole, {
      body: { name: 'people', patterns: ['user:membership:*', 'user:role:read'] },
    })
    const [people, admin] = [
      await tenants.join(tenant, 'people'),
      await tenants.join(tenant, 'admin'),
    ]
    const asPeople = await tenants.act(people, tenant.id)
    const answers = [
      await tenants.giveRoles(asPeople, people.accountId, 'people', 'manager'),
      await tenants.giveRoles(asPeople, admin.accountId, 'people'),
      await asPeople.call(removeMember, { params: { accountId: admin.accountId } }),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(
      Array(3).fill('user.permission_exceeded'),
    )
  })

  test('adds a role or a tenant of their own to a request', async () => {
    const tenant = await platform.shop()
    const other = await platform.shop()
    const answer = await tenant.staff.raw('PUT', `/api/v1/memberships/${absent}/roles`, {
      body: JSON.stringify({ roles: ['viewer'], tenantId: other.id, permissions: ['*:*:*'] }),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.problem.errors?.map((one) => one.pointer)).toEqual([
      '/body/tenantId',
      '/body/permissions',
    ])
  })

  test('of one tenant reaches members of another', async () => {
    const [tenant, other] = [await platform.shop(), await platform.shop()]
    const { accountId } = other.owner
    const answers = [
      await tenants.giveRoles(tenant.staff, accountId, 'viewer'),
      await tenant.staff.call(removeMember, { params: { accountId } }),
      await tenant.staff.call(transferOwnership, { body: { accountId } }),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(Array(3).fill('user.membership_missing'))
    const named = await tenant.staff.call(listMembers, { query: {} }, { 'prog-tenant': other.id })
    expect([403, 404]).toContain(named.status)
  })
})

describe('a tenant keeps an owner', () => {
  test('so the last one is neither demoted nor removed, and does not leave', async () => {
    const tenant = await platform.shop()
    const { accountId } = tenant.owner
    const answers = [
      await tenants.giveRoles(tenant.staff, accountId, 'admin'),
      await tenant.staff.call(removeMember, { params: { accountId } }),
      await tenant.staff.call(leaveTenant, {}),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(Array(3).fill('user.owner_last'))
    const operator = await platform.operator()
    expect((await operator.call(leaveTenant, {})).problem.code).toBe('user.owner_last')
  })

  test('also when two owners unmake each other, or both leave, at once', async () => {
    for (const attempt of ['demote', 'remove', 'leave'] as const) {
      const tenant = await platform.shop()
      const second = await tenants.join(tenant, 'owner')
      const asSecond = await tenants.act(second, tenant.id)
      const go = (by: typeof asSecond, accountId: string) => {
        if (attempt === 'demote') return tenants.giveRoles(by, accountId, 'viewer')
        if (attempt === 'leave') return by.call(leaveTenant, {})
        return by.call(removeMember, { params: { accountId } })
      }
      const answers = await Promise.all([
        go(tenant.staff, second.accountId),
        go(asSecond, tenant.owner.accountId),
      ])
      expect(answers.filter((one) => one.status < 300)).toHaveLength(1)
      const { rows } = await platform.sql.query(
        `select count(*)::int as owners from user_service.membership
         where tenant_id = $1 and 'owner' = any (roles)`,
        [tenant.id],
      )
      expect(rows[0].owners).toBe(1)
    }
  })

  test('when ownership passes on: the new owner has it and the old one is admin', async () => {
    const tenant = await platform.shop()
    const heir = await tenants.join(tenant, 'viewer')
    const passed = await tenant.staff.call(transferOwnership, {
      body: { accountId: heir.accountId },
    })
    expect(passed.status).toBe(201)
    expect(passed.body.roles).toEqual(['viewer', 'owner'])
    const self = await tenants.act(heir, tenant.id)
    expect((await self.call(readPermissions, {})).body.roles).toContain('owner')
    expect((await tenant.staff.call(readPermissions, {})).body.roles).toEqual(['admin'])
    const again = await tenant.staff.call(transferOwnership, {
      body: { accountId: heir.accountId },
    })
    expect(again.problem.code).toBe('user.owner_required')
    const absentee = await self.call(transferOwnership, { body: { accountId: absent } })
    expect(absentee.problem.code).toBe('user.membership_missing')
  })
})
