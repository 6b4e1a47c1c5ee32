// What those who look after a tenant's accounts see and end, and what operators see of staff.
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type TestPerson,
  type TestPlatform,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  listAccountMemberships,
  listAccounts,
  listAccountSessions,
  readAccount,
  readMember,
  readProfile,
  revokeAccountSession,
  revokeAccountSessions,
  signIn,
} = userContract.operations

let platform: TestPlatform
let operator: TestPerson
beforeAll(async () => {
  platform = await startTestPlatform()
  operator = await platform.operator()
})
afterAll(() => platform?.stop())

const absent = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'
const again = ({ email }: TestPerson) =>
  platform.anonymous.call(signIn, { body: { email, password: testPassword } })
const of = ({ accountId }: { readonly accountId: string }) => ({ params: { accountId } })

describe('an operator', () => {
  test('finds people by words of name or address', async () => {
    const person = await platform.person()
    const find = async (words: string) =>
      (await operator.call(listAccounts, { query: { words, limit: 100 } })).body.items
    expect(await find(person.email.toUpperCase().slice(0, 14))).toMatchObject([
      { id: person.accountId },
    ])
    expect((await find('a pers')).map(({ id }) => id)).toContain(person.accountId)
    expect(await find('100%_')).toEqual([])
  })

  test('reads one, sees where they are signed in, and ends one session or all', async () => {
    const person = await platform.person()
    const { body: other } = await again(person)
    const { body: third } = await again(person)
    const account = await operator.call(readAccount, of(person))
    expect(account.body).toMatchObject({ email: person.email, emailVerified: true })
    const sessions = async () =>
      (await operator.call(listAccountSessions, of(person))).body.items.map(({ id }) => id)
    expect((await sessions()).sort()).toEqual(
      [person.sessionId, other.sessionId, third.sessionId].sort(),
    )
    const params = { accountId: person.accountId, sessionId: person.sessionId }
    expect((await operator.call(revokeAccountSession, { params })).status).toBe(204)
    await expect.poll(async () => (await person.call(readProfile, {})).status).toBe(401)
    const twice = await operator.call(revokeAccountSession, { params })
    expect(twice.problem.code).toBe('user.session_missing')
    const otherBrowser = platform.anonymous.as(other.accessToken)
    expect((await otherBrowser.call(readProfile, {})).status).toBe(200)
    expect((await operator.call(revokeAccountSessions, of(person))).status).toBe(204)
    await expect.poll(async () => (await otherBrowser.call(readProfile, {})).status).toBe(401)
    expect(await sessions()).toEqual([])
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from user_service.audit
       where action = 'session.revoked' and subject = $1 and detail ->> 'by' = $2`,
      [person.accountId, operator.accountId],
    )
    expect(rows[0].count).toBe(3)
  })

  test('sees of which tenants they are members, which is kept', async () => {
    const shop = await platform.shop()
    const seen = await operator.call(listAccountMemberships, of(shop.owner))
    expect(seen.body.items).toMatchObject([{ tenantId: shop.id, roles: ['owner'] }])
    const { rows } = await platform.sql.query(
      'select subject, detail from user_service.audit where resource = $1',
      [`account/${shop.owner.accountId}`],
    )
    const detail = { reason: 'list the memberships of an account' }
    expect(rows).toEqual([{ subject: operator.accountId, detail }])
  })

  test('is told of accounts that are not there', async () => {
    const params = { accountId: absent }
    for (const operation of [
      readAccount,
      listAccountSessions,
      revokeAccountSessions,
      listAccountMemberships,
    ])
      expect((await operator.call(operation, { params })).problem.code).toBe('user.account_missing')
  })
})

test('staff read one member, of their own tenant alone', async () => {
  const [shop, other] = [await platform.shop(), await platform.shop()]
  const viewer = await createTenants(platform).join(shop, 'viewer')
  const read = await shop.staff.call(readMember, of(viewer))
  expect(read.body).toMatchObject({ email: viewer.email, roles: ['viewer'] })
  const elsewhere = await other.staff.call(readMember, of(viewer))
  expect(elsewhere.problem.code).toBe('user.membership_missing')
})

test('staff look after the accounts of their own customers alone', async () => {
  const [shop, other] = [await platform.shop(), await platform.shop()]
  for (const operation of [readAccount, listAccountSessions, revokeAccountSessions]) {
    const theirs = await shop.staff.call(operation, of(other.owner))
    expect(theirs.problem.code).toBe('user.account_missing')
  }
  const params = { accountId: other.owner.accountId, sessionId: other.owner.sessionId }
  const ended = await shop.staff.call(revokeAccountSession, { params })
  expect(ended.problem.code).toBe('user.session_missing')
  expect((await other.owner.call(readProfile, {})).status).toBe(200)
})

test('nobody else may', async () => {
  const shop = await platform.shop()
  const stranger = await platform.person()
  const params = { accountId: shop.owner.accountId, sessionId: shop.owner.sessionId }
  const { accountId } = params
  for (const [client, expected] of [
    [platform.anonymous, 401],
    [stranger, 403],
  ] as const) {
    expect((await client.call(readAccount, { params: { accountId } })).status).toBe(expected)
    expect((await client.call(readMember, { params: { accountId } })).status).toBe(expected)
    expect((await client.call(revokeAccountSession, { params })).status).toBe(expected)
    for (const one of [listAccountSessions, revokeAccountSessions, listAccountMemberships])
      expect((await client.call(one, { params: { accountId } })).status).toBe(expected)
  }
  const asOwner = await shop.staff.call(listAccountMemberships, { params: { accountId } })
  expect(asOwner.problem.code).toBe('identity.permission_denied')
})
