import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type Tenants,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const {
  endActingSession,
  inviteMember,
  listActingSessions,
  listAudit,
  listMembers,
  listSessions,
  openTenantSession,
  readPermissions,
  readProfile,
  refreshSession,
  revokeAllSessions,
  revokeSession,
  signOut,
} = userContract.operations
const { createApiKey, createRole, transferOwnership } = userContract.operations
let platform: TestPlatform
let tenants: Tenants
let tenant: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  tenants = createTenants(platform)
})
beforeEach(async () => {
  tenant = await platform.shop()
})
afterAll(() => platform?.stop())

const open = (client: TestClient, tenantId: string, reason?: string) =>
  client.call(openTenantSession, { body: { tenantId, ...(reason && { reason }) } })
const absent = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'
const why = 'The tenant asked for help'

describe('an operator', () => {
  test('acts for a tenant for a reason only, and nobody else does without membership', async () => {
    const operator = await platform.operator()
    const without = await open(operator, tenant.id)
    expect(without.problem.code).toBe('user.reason_missing')
    expect((await open(operator, tenant.id, '   ')).problem.code).toBe('request.invalid')
    expect((await open(operator, absent, why)).problem.code).toBe('user.tenant_closed')
    const { status, body } = await open(operator, tenant.id, why)
    expect(status).toBe(201)
    expect(body).toMatchObject({ standing: 'operator', roles: ['support'] })
  })

  test('is seen by the tenant, in its audit trail and its list, and can be shut out', async () => {
    const operator = await platform.operator()
    const { body } = await open(operator, tenant.id, why)
    const acting = platform.anonymous.as(body.accessToken)
    const trail = (await tenant.staff.call(listAudit, { query: {} })).body.items
    expect(trail[0]).toMatchObject({
      action: 'tenant.entered',
      subject: operator.accountId,
      resource: `acting_session/${body.sessionId}`,
      detail: { standing: 'operator', reason: why },
    })
    const { rows } = await platform.sql.query(
      `select action, detail from user_service.audit
       where resource = $1 and tenant_id <> $2 and outcome = 'success'`,
      [`tenant/${tenant.id}`, tenant.id],
    )
    expect(rows).toContainEqual({
      action: 'tenant.entered',
      detail: { standing: 'operator', reason: why },
    })
    const { items } = (await tenant.staff.call(listActingSessions, { query: {} })).body
    expect(items[0]).toMatchObject({ id: body.sessionId, reason: why, displayName: 'Operator' })
    const params = { sessionId: body.sessionId }
    expect((await acting.call(endActingSession, { params })).status).toBe(403)
    expect((await tenant.staff.call(endActingSession, { params })).status).toBe(204)
    expect((await acting.call(readPermissions, {})).status).toBe(401)
    const again = await tenant.staff.call(endActingSession, { params })
    expect(again.problem.code).toBe('user.acting_session_missing')
  })

  test('sees what owners see, and changes no credentials, members, roles or ownership', async () => {
    const operator = await platform.operator()
    const acting = await tenants.act(operator, tenant.id, why)
    expect((await acting.call(listMembers, { query: {} })).status).toBe(200)
    const { accountId } = operator
    const answers = [
      await acting.call(createApiKey, { body: { name: 'x', scopes: ['user:role:read'] } }),
      await acting.call(createRole, { body: { name: 'mine', patterns: ['user:role:read'] } }),
      await acting.call(inviteMember, { body: { email: 'a@example.com', roles: ['viewer'] } }),
      await acting.call(transferOwnership, { body: { accountId } }),
      await tenants.giveRoles(acting, tenant.owner.accountId, 'viewer'),
    ]
    expect(answers.map((one) => one.status)).toEqual(Array(5).fill(403))
    const held = await tenants.permissions(acting)
    expect(held.filter((one) => /^(platform|gateway):|captured_mail/.test(one))).toEqual([])
    expect(held.filter((one) => one.startsWith('user:') && !one.endsWith(':read'))).toEqual([])
  })

  test('whose role was taken stops acting at once', async () => {
    const operator = await platform.operator()
    const second = await platform.person()
    await tenants.invite(operator, second.email, ['operator'])
    const token = await platform.mailedToken(second.email)
    await second.call(userContract.operations.acceptInvitation, { body: { token } })
    const acting = await tenants.act(second, tenant.id, why)
    expect((await acting.call(listMembers, { query: {} })).status).toBe(200)
    await tenants.giveRoles(operator, second.accountId, 'viewer')
    expect((await acting.call(listMembers, { query: {} })).status).toBe(401)
    expect((await open(second, tenant.id, why)).problem.code).toBe('user.tenant_closed')
  })
})

describe('a member', () => {
  test('acts for the tenant with the roles of the membership, for half an hour', async () => {
    const member = await tenants.join(tenant, 'manager')
    const { body } = await open(member, tenant.id, 'Looking after invitations')
    expect(body).toMatchObject({ tenantId: tenant.id, standing: 'member', expiresIn: 1800 })
    const claims = JSON.parse(
      Buffer.from(body.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims).toMatchObject({ sub: member.accountId, tid: tenant.id, roles: ['manager'] })
    expect(claims.act).toEqual({
      sub: member.accountId,
      tid: expect.not.stringMatching(tenant.id),
      sid: member.sessionId,
      standing: 'member',
      reason: 'Looking after invitations',
    })
    const acting = platform.anonymous.as(body.accessToken)
    expect((await acting.call(readPermissions, {})).body).toMatchObject({
      tenantId: tenant.id,
      roles: ['manager'],
      acting: { accountId: member.accountId, reason: 'Looking after invitations' },
    })
    platform.clock.advance(1_801_000)
    expect((await acting.call(readPermissions, {})).status).toBe(401)
  })

  test('goes on with a new exchange, and is called by their present name', async () => {
    const member = await tenants.join(tenant, 'manager')
    await member.call(userContract.operations.changeProfile, { body: { displayName: 'Renamed' } })
    platform.clock.advance(1_801_000)
    const { body } = await platform.anonymous.call(refreshSession, {
      body: { refreshToken: member.refreshToken },
    })
    const acting = await tenants.act(platform.anonymous.as(body.accessToken), tenant.id)
    const { items } = (await acting.call(listMembers, { query: {} })).body
    expect(items.find((one) => one.accountId === member.accountId)?.displayName).toBe('Renamed')
  })

  test.each([
    ['signs out', signOut, {}],
    ['ends all sessions', revokeAllSessions, {}],
  ] as const)('stops acting at once when the person %s', async (_, operation, input) => {
    const member = await tenants.join(tenant, 'manager')
    const acting = await tenants.act(member, tenant.id)
    expect((await acting.call(listMembers, { query: {} })).status).toBe(200)
    await member.call(operation, input)
    expect((await acting.call(listMembers, { query: {} })).problem.code).toBe(
      'identity.credential_invalid',
    )
  })

  test('who signs out while acting stops acting, and stays signed in', async () => {
    const member = await tenants.join(tenant, 'manager')
    const acting = await tenants.act(member, tenant.id)
    expect((await acting.call(signOut, {})).status).toBe(204)
    expect((await acting.call(listMembers, { query: {} })).status).toBe(401)
    expect((await member.call(readProfile, {})).status).toBe(200)
  })

  test('reaches nothing of another tenant, and cannot act on from one to the next', async () => {
    const other = await platform.shop()
    expect((await open(tenant.owner, other.id)).problem.code).toBe('user.tenant_closed')
    const members = (await tenant.staff.call(listMembers, { query: { limit: '100' } })).body
    expect(members.items.map((one) => one.accountId)).toEqual([tenant.owner.accountId])
    const trail = (await tenant.staff.call(listAudit, { query: { limit: '100' } })).body
    expect(JSON.stringify(trail)).not.toContain(other.owner.accountId)
    const chained = await open(tenant.staff, tenant.id)
    expect(chained.problem.code).toBe('identity.permission_denied')
  })

  test('does not touch their own sessions while acting', async () => {
    const answers = [
      await tenant.staff.call(listSessions, {}),
      await tenant.staff.call(revokeAllSessions, {}),
      await tenant.staff.call(revokeSession, { params: { sessionId: tenant.owner.sessionId } }),
    ]
    expect(answers.map((one) => one.status)).toEqual([403, 403, 403])
    expect((await tenant.owner.call(readProfile, {})).status).toBe(200)
  })
})

describe('a stranger', () => {
  test('is told the same of a tenant that exists and of one that does not', async () => {
    const stranger = await platform.person()
    const answers = [
      await open(stranger, tenant.id),
      await open(stranger, absent, why),
      await open(stranger, '00000000-0000-7000-8000-000000000001'),
    ]
    const plain = answers.map(({ problem: { traceId: _, ...rest } }) => rest)
    expect(plain[0]).toEqual(plain[1])
    expect(plain[0]).toEqual(plain[2])
    expect(plain[0]?.code).toBe('user.tenant_closed')
    expect((await open(platform.anonymous, tenant.id)).status).toBe(401)
  })

  test('gets nowhere with a token that names another tenant', async () => {
    const { body } = await open(tenant.owner, tenant.id)
    const other = await platform.shop()
    const [header = '', payload = '', signature = ''] = body.accessToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, tid: other.id })).toString('base64url')
    const client = platform.anonymous.as(`${header}.${forged}.${signature}`)
    expect((await client.call(listMembers, { query: {} })).status).toBe(401)
  })
})

test('acting sessions of one tenant are out of reach of another', async () => {
  const other = await platform.shop()
  const { items } = (await tenant.staff.call(listActingSessions, { query: {} })).body
  const params = { sessionId: items[0]?.id ?? '' }
  const tried = await other.staff.call(endActingSession, { params })
  expect(tried.problem.code).toBe('user.acting_session_missing')
  const viewer = await tenants.act(await tenants.join(tenant, 'viewer'), tenant.id)
  expect((await viewer.call(listActingSessions, { query: {} })).status).toBe(403)
  expect((await platform.anonymous.call(listActingSessions, { query: {} })).status).toBe(401)
})
