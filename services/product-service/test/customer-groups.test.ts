import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const {
  changeCustomerGroup,
  createCustomerGroup,
  createPriceList,
  listCustomerGroups,
  listGroupMembers,
  readGroupMember,
  removeCustomerGroup,
  removeGroupMember,
  removePriceList,
  setGroupMember,
} = productContract.operations
const { eraseAccount, signIn, signUp, verifyEmail } = userContract.operations
const nowhere = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

const password = 'a fine and private place'
let count = 0
async function customer(): Promise<string> {
  const email = `customer-${++count}@example.com`
  await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Customer' } })
  const token = await platform.mailedToken(email)
  return (await shop.shopper.call(verifyEmail, { body: { token, password } })).body.accountId
}

async function group(name: string, of = shop): Promise<string> {
  const made = await of.staff.call(createCustomerGroup, {
    body: { key: name.toLowerCase(), name },
  })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body.id
}

const put = (accountId: string, groupId: string, by = shop.staff) =>
  by.call(setGroupMember, { params: { accountId }, body: { groupId } })
const groupOf = (accountId: string) => shop.staff.call(readGroupMember, { params: { accountId } })
const noMember = { status: 404, code: 'product.customer_group_member_missing' }

test('a group is made, named anew and removed', async () => {
  const made = await shop.staff.call(createCustomerGroup, { body: { key: 'vip', name: 'VIP' } })
  const { id } = made.body
  expect(made.body).toEqual({ id, key: 'vip', name: 'VIP', members: 0, version: 1 })
  const params = { groupId: id }
  const changed = await shop.staff.call(changeCustomerGroup, {
    params,
    body: { name: 'Friends', version: 1 },
  })
  expect(changed.body).toEqual({ ...made.body, name: 'Friends', version: 2 })
  const late = await shop.staff.call(changeCustomerGroup, {
    params,
    body: { name: 'Foes', version: 1 },
  })
  expect(late.problem).toMatchObject({ status: 412, code: 'product.customer_group_outdated' })
  const taken = await shop.staff.call(createCustomerGroup, { body: { key: 'vip', name: 'Two' } })
  expect(taken.problem).toMatchObject({ status: 409, code: 'product.customer_group_key_taken' })
  expect((await shop.staff.call(listCustomerGroups, {})).body.items).toEqual([changed.body])
  expect((await shop.staff.call(removeCustomerGroup, { params })).status).toBe(204)
  for (const answer of [
    await shop.staff.call(removeCustomerGroup, { params }),
    await shop.staff.call(changeCustomerGroup, { params, body: { name: 'Gone', version: 2 } }),
    await shop.staff.call(listGroupMembers, { params, query: {} }),
    await put(await customer(), id),
  ])
    expect(answer.problem).toMatchObject({ status: 404, code: 'product.customer_group_missing' })
})

test('a customer is in one group at most, and stays in it when put there again', async () => {
  const [first, second] = [await group('First'), await group('Second')]
  const accountId = await customer()
  expect((await groupOf(accountId)).problem).toMatchObject(noMember)
  const entered = await put(accountId, first)
  expect(entered.body).toMatchObject({ accountId, groupId: first })
  platform.clock.advance(1_000)
  expect((await put(accountId, first)).body).toEqual(entered.body)
  const moved = await put(accountId, second)
  expect(moved.body.since > entered.body.since).toBe(true)
  expect((await groupOf(accountId)).body).toEqual(moved.body)
  const items = async (groupId: string) =>
    (await shop.staff.call(listGroupMembers, { params: { groupId }, query: {} })).body.items
  expect(await items(first)).toEqual([])
  expect(await items(second)).toEqual([moved.body])
  const both = await Promise.all([first, second].map((id) => put(accountId, id)))
  expect(both.map((one) => one.status)).toEqual([200, 200])
  expect((await items(first)).length + (await items(second)).length).toBe(1)
  const params = { accountId }
  expect((await shop.staff.call(removeGroupMember, { params })).status).toBe(204)
  const again = await shop.staff.call(removeGroupMember, { params })
  expect(again.problem).toMatchObject(noMember)
})

test('members are counted and listed page by page, and are in none once it is removed', async () => {
  const groupId = await group('Many')
  const accounts = [await customer(), await customer(), await customer()]
  for (const accountId of accounts) await put(accountId, groupId)
  const { body } = await shop.staff.call(listCustomerGroups, {})
  expect(body.items.find((one) => one.id === groupId)?.members).toBe(3)
  const params = { groupId }
  const first = await shop.staff.call(listGroupMembers, { params, query: { limit: 2 } })
  const rest = await shop.staff.call(listGroupMembers, {
    params,
    query: { limit: 2, after: first.body.next ?? undefined },
  })
  const walked = [...first.body.items, ...rest.body.items].map((one) => one.accountId)
  expect([walked, rest.body.next]).toEqual([accounts.toSorted(), null])
  expect((await shop.staff.call(removeCustomerGroup, { params })).status).toBe(204)
  expect((await groupOf(accounts[0] ?? '')).problem).toMatchObject(noMember)
})

test('a group that a price list is for stays', async () => {
  const groupId = await group('Priced')
  const list = await shop.staff.call(createPriceList, { body: { name: 'Theirs', groupId } })
  const params = { groupId }
  const kept = await shop.staff.call(removeCustomerGroup, { params })
  expect(kept.problem).toMatchObject({ status: 409, code: 'product.customer_group_in_use' })
  await shop.staff.call(removePriceList, { params: { priceListId: list.body.id } })
  expect((await shop.staff.call(removeCustomerGroup, { params })).status).toBe(204)
})

test('who is no customer of the shop is in no group of it', async () => {
  const groupId = await group('Strict')
  const other = await platform.shop()
  for (const accountId of [nowhere, other.owner.accountId]) {
    const { problem } = await put(accountId, groupId)
    expect(problem).toMatchObject({ status: 404, code: 'user.account_missing' })
  }
})

test('a customer who is erased is in no group any more', async () => {
  const accountId = await customer()
  await put(accountId, await group('Left'))
  expect((await shop.staff.call(eraseAccount, { params: { accountId } })).status).toBe(204)
  await expect.poll(async () => (await groupOf(accountId)).status, { timeout: 20_000 }).toBe(404)
})

test('there are as many groups as there may be, also when made at the same moment', async () => {
  const other = await platform.shop()
  await platform.sql.query(
    `insert into product_service.customer_group (tenant_id, id, key, name, created_at, updated_at)
     select $1, gen_random_uuid(), 'g' || n, 'Group', now(), now() from generate_series(1, 49) n`,
    [other.id],
  )
  const make = (key: string) =>
    other.staff.call(createCustomerGroup, { body: { key, name: 'One more' } })
  const answers = await Promise.all([make('one'), make('two')])
  expect(answers.map((one) => one.status).sort()).toEqual([201, 422])
  expect((await make('three')).problem.code).toBe('product.customer_groups_full')
})

test('groups are of one tenant, and looked after by who may', async () => {
  const groupId = await group('Ours')
  const accountId = await customer()
  await put(accountId, groupId)
  const other = await platform.shop()
  const params = { groupId }
  const foreign = [
    await other.staff.call(listGroupMembers, { params, query: {} }),
    await other.staff.call(removeCustomerGroup, { params }),
  ]
  for (const { problem } of foreign) expect(problem.code).toBe('product.customer_group_missing')
  const theirs = await put(accountId, groupId, other.staff)
  expect(theirs.problem.code).toBe('user.account_missing')
  const member = { params: { accountId } }
  expect((await other.staff.call(readGroupMember, member)).problem).toMatchObject(noMember)
  expect((await other.staff.call(removeGroupMember, member)).problem).toMatchObject(noMember)
  expect((await other.staff.call(listCustomerGroups, {})).body.items).toEqual([])

  const tenants = createTenants(platform)
  const looking = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
  const changeAs = async (client: TestClient) => [
    (await client.call(createCustomerGroup, { body: { key: 'no', name: 'No' } })).status,
    (await client.call(changeCustomerGroup, { params, body: { name: 'No', version: 1 } })).status,
    (await client.call(removeCustomerGroup, { params })).status,
    (await put(accountId, groupId, client)).status,
    (await client.call(removeGroupMember, member)).status,
  ]
  const lookAs = async (client: TestClient) => [
    (await client.call(listCustomerGroups, {})).status,
    (await client.call(listGroupMembers, { params, query: {} })).status,
    (await client.call(readGroupMember, member)).status,
  ]
  const { body: session } = await shop.shopper.call(signIn, {
    body: { email: `customer-${count}@example.com`, password },
  })
  const buying = shop.shopper.as(session.accessToken)
  expect(await changeAs(shop.shopper)).toEqual([401, 401, 401, 401, 401])
  expect(await changeAs(looking)).toEqual([403, 403, 403, 403, 403])
  expect(await lookAs(shop.shopper)).toEqual([401, 401, 401])
  expect(await lookAs(buying)).toEqual([403, 403, 403])
  expect(await lookAs(looking)).toEqual([200, 200, 200])
})
