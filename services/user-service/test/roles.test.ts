import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type Tenants,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  changeRole,
  createRole,
  deleteRole,
  listCapturedMail,
  listMembers,
  listRoles,
  readPermissions,
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

const create = (client: TestClient, name: string, ...patterns: string[]) =>
  client.call(createRole, { body: { name, patterns } })
const change = (client: TestClient, name: string, version: number, ...patterns: string[]) =>
  client.call(changeRole, { params: { name }, body: { patterns, version } })

describe('a role of a tenant', () => {
  test('gives its holders what its patterns reach, and is listed beside the system’s', async () => {
    const made = await create(tenant.staff, 'reader', 'user:membership:read', 'user:*:read')
    expect(made.status).toBe(201)
    const asReader = await tenants.act(await tenants.join(tenant, 'reader'), tenant.id)
    expect(await tenants.permissions(asReader)).toEqual([
      'user:account:read',
      'user:acting_session:read',
      'user:api_key:read',
      'user:audit:read',
      'user:invitation:read',
      'user:membership:read',
      'user:role:read',
      'user:session:read',
    ])
    const { items } = (await asReader.call(listRoles, {})).body
    expect(items.find((one) => one.name === 'reader')).toEqual(made.body)
    expect(items.filter((one) => one.system).map((one) => one.name)).toEqual([
      ...['owner', 'admin', 'manager', 'member', 'viewer', 'support'],
    ])
    const { rows } = await platform.sql.query(
      `select data from every_event where type = 'role.changed' and key = 'reader'`,
    )
    expect(JSON.parse(rows[0].data)).toMatchObject({ name: 'reader', change: 'created' })
  })

  test('that is changed is felt at once by who holds it', async () => {
    await create(tenant.staff, 'changing', 'user:membership:read')
    const holder = await tenants.act(await tenants.join(tenant, 'changing'), tenant.id)
    expect((await holder.call(listMembers, { query: {} })).status).toBe(200)
    const changed = await change(tenant.staff, 'changing', 1, 'user:role:read')
    expect(changed.body.version).toBe(2)
    expect((await holder.call(listMembers, { query: {} })).status).toBe(403)
    expect((await holder.call(listRoles, {})).status).toBe(200)
  })

  test('is changed by two at once only by the first', async () => {
    await create(tenant.staff, 'contested', 'user:membership:read')
    const answers = await Promise.all([
      change(tenant.staff, 'contested', 1, 'user:role:read'),
      change(tenant.staff, 'contested', 1, 'user:audit:read'),
    ])
    expect(answers.map((one) => one.status).sort()).toEqual([200, 412])
    const refused = answers.find((one) => one.status === 412)
    expect(refused?.problem.code).toBe('user.role_outdated')
  })

  test('cannot be removed while somebody has it or is invited with it', async () => {
    await create(tenant.staff, 'held', 'user:membership:read')
    const params = { name: 'held' }
    await tenants.invite(tenant.staff, 'held@example.com', ['held'])
    const invited = await tenant.staff.call(deleteRole, { params })
    expect(invited.problem.code).toBe('user.role_in_use')
    await platform.sql.query(`delete from user_service.invitation where email = 'held@example.com'`)
    const holder = await tenants.join(tenant, 'held')
    expect((await tenant.staff.call(deleteRole, { params })).status).toBe(409)
    await tenants.giveRoles(tenant.staff, holder.accountId, 'viewer')
    expect((await tenant.staff.call(deleteRole, { params })).status).toBe(204)
    expect((await tenant.staff.call(deleteRole, { params })).problem.code).toBe('user.role_missing')
  })

  test('that is given and removed at once is either given or gone', async () => {
    for (let round = 0; round < 5; round++) {
      const name = `raced-${round}`
      await create(tenant.staff, name, 'user:membership:read')
      const member = await tenants.join(tenant, 'viewer')
      const [given, removed] = await Promise.all([
        tenants.giveRoles(tenant.staff, member.accountId, name),
        tenant.staff.call(deleteRole, { params: { name } }),
      ])
      expect([given.status, removed.status]).toSatisfy(
        ([one, other]: number[]) =>
          (one === 200 && other === 409) || (one === 422 && other === 204),
      )
    }
  })

  test('has a name of its own', async () => {
    await create(tenant.staff, 'named', 'user:role:read')
    for (const name of ['named', 'owner', 'operator'])
      expect((await create(tenant.staff, name, 'user:role:read')).problem.code).toBe(
        'user.role_exists',
      )
    const system = await change(tenant.staff, 'viewer', 1, 'user:role:read')
    expect(system.problem.code).toBe('user.role_missing')
  })

  test('belongs to its tenant: another has none of that name', async () => {
    await create(tenant.staff, 'apart', 'user:role:read')
    const other = await platform.shop()
    const answers = [
      await change(other.staff, 'apart', 1, 'user:role:read'),
      await other.staff.call(deleteRole, { params: { name: 'apart' } }),
    ]
    expect(answers.map((one) => one.problem.code)).toEqual(Array(2).fill('user.role_missing'))
    const given = await tenants.giveRoles(other.staff, other.owner.accountId, 'owner', 'apart')
    expect(given.problem.code).toBe('user.role_unknown')
  })
})

describe('nobody gets more than was theirs to give', () => {
  test('by a role wider than its creator', async () => {
    await create(tenant.staff, 'role-maker', 'user:role:*', 'user:membership:*')
    const maker = await tenants.join(tenant, 'role-maker')
    const asMaker = await tenants.act(maker, tenant.id)
    for (const pattern of ['*:*:*', 'user:*:*', 'user:api_key:create', '*:role:read']) {
      const wider = await create(asMaker, 'wider', 'user:role:read', pattern)
      expect(wider.problem.code).toBe('user.permission_exceeded')
      expect(wider.problem.errors?.[0]?.pointer).toBe('/body/patterns/1')
    }
    expect((await create(asMaker, 'narrower', 'user:role:read')).status).toBe(201)
    const widened = await change(asMaker, 'narrower', 1, 'user:*:*')
    expect(widened.problem.code).toBe('user.permission_exceeded')
    const own = await change(asMaker, 'role-maker', 1, '*:*:*')
    expect(own.problem.code).toBe('user.permission_exceeded')
    const given = await tenants.giveRoles(asMaker, maker.accountId, 'role-maker', 'admin')
    expect(given.problem.code).toBe('user.permission_exceeded')
  })

  test('by a pattern that reaches nothing now and something later', async () => {
    for (const pattern of ['wizard:*:*', 'user:membership:conjure']) {
      const unknown = await create(tenant.staff, 'later', pattern)
      expect(unknown.problem.code).toBe('user.pattern_unknown')
    }
    expect((await create(tenant.staff, 'real', 'user:role:read')).status).toBe(201)
    const changed = await change(tenant.staff, 'real', 1, 'wizard:*:*')
    expect(changed.problem.code).toBe('user.pattern_unknown')
    for (const pattern of ['user', 'user:*', 'user:*:*:*', 'user:Role:read', '', '*:*:* *:*:*'])
      expect((await create(tenant.staff, 'later', pattern)).problem.code).toBe('request.invalid')
  })

  test('without the permission', async () => {
    const asViewer = await tenants.act(await tenants.join(tenant, 'viewer'), tenant.id)
    const answers = [
      await create(asViewer, 'mine', 'user:membership:read'),
      await change(asViewer, 'reader', 1, 'user:membership:read'),
      await asViewer.call(deleteRole, { params: { name: 'reader' } }),
      await asViewer.call(listRoles, {}),
    ]
    expect(answers.map((one) => one.status)).toEqual([403, 403, 403, 403])
    const anonymous = await create(platform.anonymous, 'mine', 'user:membership:read')
    expect(anonymous.status).toBe(401)
  })
})

describe('what is about the platform', () => {
  const platforms = /^(platform|gateway):|^user:captured_mail:/

  test('is out of reach for every role of a tenant, by wildcard and by name', async () => {
    expect((await tenants.permissions(tenant.staff)).filter((one) => platforms.test(one))).toEqual(
      [],
    )
    expect((await tenant.staff.call(listCapturedMail, { query: {} })).status).toBe(403)
    for (const pattern of ['user:captured_mail:read', 'gateway:*:*', 'platform:*:*']) {
      const named = await create(tenant.staff, 'sneaky', pattern)
      expect(named.problem.code).toBe('user.permission_exceeded')
    }
  })

  test('stays so although a role that names it stood in the table', async () => {
    await create(tenant.staff, 'planted', 'user:role:read')
    const holder = await tenants.act(await tenants.join(tenant, 'planted'), tenant.id)
    await platform.sql.query(
      `update user_service.role set patterns = '{platform:*:*,user:captured_mail:read,gateway:*:*}'
       where name = 'planted'`,
    )
    expect(await tenants.permissions(holder)).toEqual([])
  })

  test('belongs to operators, in the tenant of the platform', async () => {
    const operator = await platform.operator()
    const { roles, permissions, acting } = (await operator.call(readPermissions, {})).body
    expect(roles).toEqual(['operator'])
    expect(acting).toBeNull()
    expect(permissions).toContain('user:captured_mail:read')
    expect(permissions.some((one) => one.startsWith('gateway:'))).toBe(true)
  })
})
