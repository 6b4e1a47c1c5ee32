import { platformTenantId } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { createTenants } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithClients } from './browsers.ts'

const { leaveTenant, readRevocations, signOut } = userContract.operations
let platform: Awaited<ReturnType<typeof startWithClients>>

beforeAll(async () => {
  platform = await startWithClients()
})
afterAll(() => platform?.stop())

const read = (tenantId: string, ageMs = 60_000) =>
  platform.clients.at('auth-client', tenantId).call(readRevocations, {
    query: { since: new Date(platform.clock.nowMs() - ageMs).toISOString() },
  })

test('what was revoked lately is read of every tenant by a door, and of one in that tenant', async () => {
  const tenants = createTenants(platform)
  const [one, other] = [await platform.shop(), await platform.shop()]
  const leaver = await tenants.join(one, 'viewer')
  const acting = await tenants.act(leaver, one.id)
  expect((await acting.call(leaveTenant, {})).status).toBe(204)
  expect((await other.owner.call(signOut, {})).status).toBe(204)

  const ofOne = await read(one.id)
  expect(new Set(ofOne.authority.map((change) => change.tenantId))).toEqual(new Set([one.id]))
  expect(ofOne.authority.map((change) => change.accountId)).toContain(leaver.accountId)
  expect(ofOne.sessions).toHaveLength(1)

  const all = await read(platformTenantId)
  expect(all.authority).toEqual(expect.arrayContaining(ofOne.authority))
  expect(all.authority.map((change) => change.tenantId)).toContain(other.id)
  expect(all.sessions.map((session) => session.sessionId)).toEqual(
    expect.arrayContaining([ofOne.sessions[0]?.sessionId, other.owner.sessionId]),
  )
})

test('what no token that is alive can be older than is not read', async () => {
  const person = await platform.person()
  await person.call(signOut, {})
  const ids = async (ageMs: number) =>
    (await read(platformTenantId, ageMs)).sessions.map((one) => one.sessionId)
  platform.clock.advance(40 * 60_000)
  expect(await ids(35 * 60_000)).not.toContain(person.sessionId)
  expect(await ids(45 * 60_000)).toContain(person.sessionId)
})
