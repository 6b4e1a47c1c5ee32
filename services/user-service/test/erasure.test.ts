import { randomBytes } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type Tenants,
  type TestClient,
  type TestPlatform,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { changeProfile, eraseAccount, listAccounts, listMembers, readProfile } =
  userContract.operations

let platform: TestPlatform
let tenants: Tenants
let operator: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  tenants = createTenants(platform)
  operator = await platform.operator()
})
afterAll(() => platform?.stop())

/** Every table in which a text stands, as it is or as bytes, whatever its column. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows: tables } = await platform.sql.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  const bytes = Buffer.from(text).toString('hex')
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await platform.sql.query(
      `select from ${name} one where position($1 in one::text) > 0 or position($2 in one::text) > 0
       limit 1`,
      [text, bytes],
    )
    if (rows.length > 0) found.push(name)
  }
  return found
}

test('of a person who is erased no table knows name or address, in any tenant', async () => {
  const [shop, other] = [await platform.shop(), await platform.shop()]
  const person = await tenants.join(shop, 'manager')
  const atWork = await tenants.act(person, shop.id)
  const name = 'Zacharias Quandt'
  const changed = await person.call(
    changeProfile,
    { body: { displayName: name } },
    { 'idempotency-key': 'change-of-name-1' },
  )
  expect(changed.status).toBe(200)
  await tenants.act(person, shop.id)
  await tenants.invite(other.staff, person.email, ['viewer'])
  await expect.poll(() => tablesWith(person.email)).toContain('user_service.captured_mail')
  expect(await tablesWith(name)).toEqual([
    'user_service.account',
    'user_service.acting_session',
    'user_service.idempotency',
    'user_service.membership',
  ])

  const { status } = await operator.call(eraseAccount, { params: { accountId: person.accountId } })
  expect(status).toBe(204)
  expect(await tablesWith(name)).toEqual([])
  // Mail of a tenant that the person does not belong to may be to a customer of its own.
  expect(await tablesWith(person.email)).toEqual(['user_service.captured_mail'])
  const { rows: mails } = await platform.sql.query(
    'select distinct tenant_id from user_service.captured_mail where recipient = $1',
    [person.email],
  )
  expect(mails).toEqual([{ tenant_id: other.id }])

  expect((await person.call(readProfile, {})).status).toBe(401)
  expect((await atWork.call(listMembers, { query: {} })).status).toBe(401)
  const members = await shop.staff.call(listMembers, { query: {} })
  expect(members.body.items.map((one) => one.accountId)).toEqual([shop.owner.accountId])
})

test('the key goes with the person, and everybody who keeps something of theirs is told', async () => {
  const shop = await platform.shop()
  const person = await tenants.join(shop, 'viewer')
  const { accountId } = person
  const keys = async () => {
    const { rows } = await platform.sql.query(
      'select from user_service.subject_key where subject = $1',
      [accountId],
    )
    return rows.length
  }
  expect(await keys()).toBe(1)
  await operator.call(eraseAccount, { params: { accountId } })
  expect(await keys()).toBe(0)
  const { listEvents } = eventStreamingContract.operations
  await expect
    .poll(async () => {
      const { body } = await shop.staff.call(listEvents, { query: { subject: accountId } })
      return body.items.map((one) => one.type)
    })
    .toEqual(['membership.created', 'membership.removed', 'subject.erased'])
})

test('nobody is erased who alone leads a tenant, and nobody who is not there', async () => {
  const shop = await platform.shop()
  const { accountId } = shop.owner
  const alone = await operator.call(eraseAccount, { params: { accountId } })
  expect(alone.problem.code).toBe('user.owner_last')
  expect(alone.problem.detail).toContain(shop.id)
  const { body } = await operator.call(listAccounts, { query: { email: shop.owner.email } })
  expect(body.items).toHaveLength(1)
  // The account is of the platform's tenant, not of the shop's.
  const elsewhere = await shop.staff.call(eraseAccount, { params: { accountId } })
  expect(elsewhere.problem.code).toBe('user.account_missing')
  const person = await platform.person()
  const twice = await Promise.all(
    [1, 2].map(() => operator.call(eraseAccount, { params: { accountId: person.accountId } })),
  )
  expect(twice.map((one) => one.status).sort()).toEqual([204, 404])
})

test('it takes the permission to erase', async () => {
  const person = await platform.person()
  const params = { accountId: person.accountId }
  expect((await person.call(eraseAccount, { params })).problem.code).toBe(
    'identity.permission_denied',
  )
  expect((await platform.anonymous.call(eraseAccount, { params })).status).toBe(401)
})

test('who is erased while they accept an invitation leaves no membership behind', async () => {
  const shop = await platform.shop()
  const { acceptInvitation } = userContract.operations
  for (let round = 0; round < 5; round++) {
    const person = await platform.person()
    const token = await tenants.invite(shop.staff, person.email, ['viewer'])
    const [accepted, erased] = await Promise.all([
      person.call(acceptInvitation, { body: { token } }),
      operator.call(eraseAccount, { params: { accountId: person.accountId } }),
    ])
    expect(erased.status).toBe(204)
    expect([201, 401, 410]).toContain(accepted.status)
    const known = await tablesWith(person.email)
    expect(known.filter((name) => name !== 'user_service.captured_mail')).toEqual([])
  }
})

test('who is erased while they become the first owner of a tenant leaves no membership behind', async () => {
  const { createTenant } = tenantContract.operations
  for (let round = 0; round < 8; round++) {
    const person = await platform.person()
    const slug = `erased-${randomBytes(6).toString('hex')}`
    await person.call(createTenant, { body: { name: 'A Shop', slug } })
    // Provisioning makes the owner in the background; each round meets it a little later.
    await new Promise((resolve) => setTimeout(resolve, round * 8))
    const params = { accountId: person.accountId }
    const erased = await operator.call(eraseAccount, { params })
    // Whoever leads a tenant already is not erased.
    if (erased.status !== 204) expect(erased.problem.code).toBe('user.owner_last')
    else {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const known = await tablesWith(person.email)
      expect(known.filter((name) => name !== 'user_service.captured_mail')).toEqual([])
    }
  }
})
