import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type Tenants,
  type TestPerson,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const {
  acceptInvitation,
  inviteMember,
  listInvitations,
  listMyMemberships,
  requestPasswordReset,
  resendInvitation,
  revokeInvitation,
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

const accept = (person: TestPerson, token: string) =>
  person.call(acceptInvitation, { body: { token } })
const dayMs = 24 * 3_600_000

test('an invitation makes a member of whoever the address belongs to', async () => {
  const person = await platform.person()
  const token = await tenants.invite(tenant.staff, person.email, ['manager'])
  const accepted = await accept(person, token)
  expect(accepted.status).toBe(201)
  expect(accepted.body).toMatchObject({
    tenantId: tenant.id,
    accountId: person.accountId,
    email: person.email,
    roles: ['manager'],
  })
  const { rows } = await platform.sql.query(
    `select m.xmin = u.xmin as together, o.tenant_id
     from user_service.membership m
     join every_event o on o.key = m.account_id::text and o.tenant_id = m.tenant_id
     join user_service.audit u on u.subject = m.account_id::text and u.tenant_id = m.tenant_id
     where m.account_id = $1`,
    [person.accountId],
  )
  expect(rows).toEqual([{ together: true, tenant_id: tenant.id }])
})

test('of twenty who accept at once one gets in', async () => {
  const person = await platform.person()
  const token = await tenants.invite(tenant.staff, person.email, ['viewer'])
  const answers = await Promise.all(Array.from({ length: 20 }, () => accept(person, token)))
  expect(answers.filter((one) => one.status === 201)).toHaveLength(1)
  expect(answers.filter((one) => one.status === 410)).toHaveLength(19)
})

test('a link is refused alike when used up, expired, revoked, or followed by somebody else', async () => {
  const [person, other] = [await platform.person(), await platform.person()]
  const token = await tenants.invite(tenant.staff, person.email, ['viewer'])
  const stranger = await accept(other, token)
  await accept(person, token)
  const usedUp = await accept(person, token)
  const late = await tenants.invite(tenant.staff, other.email, ['viewer'])
  await platform.sql.query(
    'update user_service.invitation set expires_at = expires_at - $1::interval where email = $2',
    ['8 days', other.email],
  )
  const expired = await accept(other, late)
  const again = await tenants.invite(tenant.staff, other.email, ['viewer'])
  const { items } = (await tenant.staff.call(listInvitations, { query: {} })).body
  const open = items.find((one) => one.email === other.email)
  const params = { invitationId: open?.id ?? '' }
  expect((await tenant.staff.call(revokeInvitation, { params })).status).toBe(204)
  const revoked = await accept(other, again)
  const unknown = await accept(other, `it_${'x'.repeat(43)}`)
  const plain = ({ traceId: _, ...rest }: object & { traceId?: string | undefined }) => rest
  for (const answer of [stranger, usedUp, expired, revoked])
    expect(plain(answer.problem)).toEqual(plain(unknown.problem))
  expect(unknown.problem.code).toBe('user.token_invalid')
  expect((await other.call(listMyMemberships, {})).body.items).toEqual([])
})

test('a link of another purpose does not do', async () => {
  const person = await platform.person()
  await platform.anonymous.call(requestPasswordReset, { body: { email: person.email } })
  const token = await platform.mailedToken(person.email)
  expect((await accept(person, token)).problem.code).toBe('user.token_invalid')
})

test('nobody accepts while acting for a tenant, or without a credential', async () => {
  const person = await tenants.join(tenant, 'viewer')
  const other = await platform.shop()
  const token = await tenants.invite(other.staff, person.email, ['viewer'])
  const acting = await tenants.act(person, tenant.id)
  const tried = await acting.call(acceptInvitation, { body: { token } })
  expect(tried.problem.code).toBe('user.token_invalid')
  const anonymous = await platform.anonymous.call(acceptInvitation, { body: { token } })
  expect(anonymous.status).toBe(401)
  expect((await accept(person, token)).body.tenantId).toBe(other.id)
})

test('a mail sent again has a new link, and the earlier one ends', async () => {
  const person = await platform.person()
  const earlier = await tenants.invite(tenant.staff, person.email, ['viewer'])
  platform.clock.advance(6 * dayMs)
  // The sessions of six days ago still hold, their access tokens do not.
  const { rows } = await platform.sql.query(
    'select id, hash, expires_at as until from user_service.invitation where email = $1',
    [person.email],
  )
  const owner = platform.anonymous.as(await freshToken(tenant.owner))
  const staff = await tenants.act(owner, tenant.id)
  const sent = await staff.call(resendInvitation, { params: { invitationId: rows[0].id } })
  expect(sent.status).toBe(202)
  expect(Date.parse(sent.body.expiresAt)).toBeGreaterThan(Date.parse(rows[0].until) + 5 * dayMs)
  const back = { ...person, ...platform.anonymous.as(await freshToken(person)) }
  expect((await accept(back, earlier)).status).toBe(410)
  expect((await accept(back, await platform.mailedToken(person.email))).status).toBe(201)
  tenant = { ...tenant, owner: { ...tenant.owner, ...owner }, staff }
})

async function freshToken({ refreshToken }: TestPerson): Promise<string> {
  const { body } = await platform.anonymous.call(userContract.operations.refreshSession, {
    body: { refreshToken },
  })
  return body.accessToken
}

test('one address has one open invitation, and a member none', async () => {
  const person = await platform.person()
  const invite = () =>
    tenant.staff.call(inviteMember, { body: { email: person.email, roles: ['viewer'] } })
  const first = await invite()
  expect(first.status).toBe(201)
  expect((await invite()).problem.code).toBe('user.invitation_exists')
  await accept(person, await platform.mailedToken(person.email))
  expect((await invite()).problem.code).toBe('user.membership_exists')
  const { rows } = await platform.sql.query(
    `select data from every_event where type = 'invitation.created' and key = $1`,
    [first.body.id],
  )
  expect(rows[0].data).not.toContain(person.email)
})

test('an invitation asked for twice with one key is one invitation with one mail', async () => {
  const body = { email: 'once@example.com', roles: ['viewer'] }
  const key = { 'idempotency-key': 'invite-once' }
  const answers = [
    await tenant.staff.call(inviteMember, { body }, key),
    await tenant.staff.call(inviteMember, { body }, key),
  ]
  expect(answers[1]?.body).toEqual(answers[0]?.body)
  const { rows } = await platform.sql.query(
    'select count(*)::int as mails from user_service.captured_mail where recipient = $1',
    [body.email],
  )
  expect(rows[0].mails).toBe(1)
})

test('nobody invites with more than they have, or without the permission', async () => {
  const [manager, viewer] = [
    await tenants.join(tenant, 'manager'),
    await tenants.join(tenant, 'viewer'),
  ]
  const invite = async (person: TestPerson, role: string) =>
    (await tenants.act(person, tenant.id)).call(inviteMember, {
      body: { email: 'friend@example.com', roles: [role] },
    })
  expect((await invite(manager, 'admin')).problem.code).toBe('user.permission_exceeded')
  expect((await invite(manager, 'owner')).problem.code).toBe('user.owner_required')
  expect((await invite(manager, 'wizard')).problem.code).toBe('user.role_unknown')
  expect((await invite(viewer, 'viewer')).problem.code).toBe('identity.permission_denied')
  expect((await invite(manager, 'viewer')).status).toBe(201)
})

test('invitations of one tenant are out of reach of another, and hold no token at rest', async () => {
  const other = await platform.shop()
  const token = await tenants.invite(tenant.staff, 'apart@example.com', ['viewer'])
  const { items } = (await tenant.staff.call(listInvitations, { query: {} })).body
  const params = { invitationId: items.find((one) => one.email === 'apart@example.com')?.id ?? '' }
  expect((await other.staff.call(listInvitations, { query: {} })).body.items).toEqual([])
  for (const operation of [resendInvitation, revokeInvitation]) {
    const answer = await other.staff.call(operation, { params })
    expect(answer.problem.code).toBe('user.invitation_missing')
  }
  const { rows } = await platform.sql.query('select i::text as row from user_service.invitation i')
  expect(rows.length).toBeGreaterThan(0)
  for (const { row } of rows) expect(row).not.toContain(token)
})
