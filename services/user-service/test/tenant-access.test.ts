import { randomUUID } from 'node:crypto'
import { contract, type Output, platformTenantId } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { type Call, defineEdge, type Edge } from '@prognetwork/shared-infrastructure'
import { services, startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const { listMyMemberships, openTenantAccess } = userContract.operations
let platform: TestPlatform
let asTenantService: { call: Call; edge: Edge } | undefined

/** Stands where tenant-service does: it calls in the scope of a tenant that it names. */
const tenantService = defineEdge({
  name: 'tenant-service',
  zone: 'public',
  port: 0,
  summary: 'Opens tenants for a test',
  config: z.object({}),
  contract: contract('tenant-service', {}),
  publishes: [],
  consumes: [],
  needs: ['user-service'],
  start(parts) {
    asTenantService = parts
    return { handlers: {}, mount: () => {} }
  },
})

beforeAll(async () => {
  platform = await startTestPlatform({
    definitions: [...services.filter((one) => one.name !== 'tenant-service'), tenantService],
  })
})
afterAll(() => platform?.stop())

async function open(
  tenantId: string,
  ownerAccountId: string,
  idempotencyKey?: string,
): Promise<Output<typeof openTenantAccess>> {
  if (!asTenantService) throw new Error('the platform has not started')
  const { call, edge } = asTenantService
  return call(
    edge.contextFor(tenantId, edge.newTrace()),
    openTenantAccess,
    { body: { ownerAccountId } },
    idempotencyKey === undefined ? {} : { idempotencyKey },
  )
}

test('a new tenant gets its owner, once, however often it is asked for', async () => {
  const person = await platform.person()
  const tenantId = randomUUID()
  const first = await open(tenantId, person.accountId, 'saga:1')
  expect(first).toMatchObject({
    accountId: person.accountId,
    email: person.email,
    roles: ['owner'],
  })
  expect(await open(tenantId, person.accountId, 'saga:1')).toEqual(first)
  expect(await open(tenantId, person.accountId)).toEqual(first)
  const { rows } = await platform.sql.query(`select type from every_event where tenant_id = $1`, [
    tenantId,
  ])
  expect(rows).toEqual([{ type: 'membership.created' }])
  const { items } = (await person.call(listMyMemberships, {})).body
  expect(items).toEqual([expect.objectContaining({ tenantId, roles: ['owner'] })])
})

test('a tenant that has an owner gets no other, nor does the platform', async () => {
  const [person, other] = [await platform.person(), await platform.person()]
  const tenantId = randomUUID()
  await open(tenantId, person.accountId)
  const taken = { definition: { code: 'user.tenant_owned' } }
  await expect(open(tenantId, other.accountId)).rejects.toMatchObject(taken)
  await expect(open(platformTenantId, other.accountId)).rejects.toMatchObject(taken)
})

test('an owner is an account of the platform that was verified', async () => {
  const missing = { definition: { code: 'user.account_missing' } }
  await expect(open(randomUUID(), randomUUID())).rejects.toMatchObject(missing)
  const person = await platform.person()
  await platform.sql.query(
    'update user_service.account set email_verified_at = null where id = $1',
    [person.accountId],
  )
  await expect(open(randomUUID(), person.accountId)).rejects.toMatchObject(missing)
})

test('what only services may call does not exist at the gateway', async () => {
  const person = await platform.person()
  for (const path of ['tenant-access', 'api-key-checks', `session-states/${randomUUID()}`]) {
    const answer = await person.raw(path.startsWith('session') ? 'GET' : 'POST', `/api/v1/${path}`)
    expect(answer.problem.code).toBe('request.route_missing')
  }
})
