import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  type SeparatePlatform,
  startSeparatePlatform,
  type Tenants,
  type TestClient,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The gateway in a process of its own hears of what the others revoke.

const { operations: user } = userContract
let platform: SeparatePlatform
let tenants: Tenants

beforeAll(async () => {
  platform = await startSeparatePlatform()
  tenants = createTenants(platform)
})
afterAll(() => platform?.stop())

const status = async (client: TestClient) => (await client.call(user.readPermissions, {})).status
const becomes = (client: TestClient, expected: number) =>
  expect.poll(() => status(client), { timeout: 5_000, interval: 5 }).toBe(expected)

test('a session, a membership, a role, a key and a tenant are refused soon after', async () => {
  const shop = await platform.shop()
  const person = await platform.person()
  const [leaving, demoted] = [await tenants.join(shop, 'admin'), await tenants.join(shop, 'admin')]
  const [gone, less] = [await tenants.act(leaving, shop.id), await tenants.act(demoted, shop.id)]
  const { body: key } = await shop.staff.call(user.createApiKey, {
    body: { name: 'Programs', scopes: ['user:role:read'] },
  })
  const program = platform.anonymous.as(key.key)
  for (const client of [person, gone, less, program]) expect(await status(client)).toBe(200)

  await person.call(user.signOut, {})
  await becomes(person, 401)
  await shop.staff.call(user.removeMember, { params: { accountId: leaving.accountId } })
  await becomes(gone, 401)
  await shop.staff.call(user.changeMemberRoles, {
    params: { accountId: demoted.accountId },
    body: { roles: ['viewer'] },
  })
  await expect
    .poll(async () => (await less.call(user.listRoles, {})).status, { timeout: 5_000 })
    .toBe(403)
  await shop.staff.call(user.revokeApiKey, { params: { keyId: key.id } })
  await becomes(program, 401)
  const operator = await platform.operator()
  await operator.call(tenantContract.operations.suspendTenant, {
    params: { tenantId: shop.id },
    body: { reason: 'Unpaid' },
  })
  await becomes(shop.staff, 403)
})

test('with the log down the gateway asks, and refuses at once', async () => {
  const person = await platform.person()
  expect(await status(person)).toBe(200)
  await platform.kill('event-streaming-service')
  // The gateway notices when its question breaks off; from then on it asks for every request.
  await person.call(user.signOut, {})
  await becomes(person, 401)
  await platform.start('event-streaming-service')
  const other = await platform.person()
  expect(await status(other)).toBe(200)
  expect(await status(person)).toBe(401)
})
