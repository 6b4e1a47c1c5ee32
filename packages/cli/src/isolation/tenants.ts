// Tenants with everybody who can come to one, and all that the services' fixtures make in it.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Principal } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import type { Backstage } from '@prognetwork/shared-infrastructure/host'
import {
  type Approach,
  byService,
  type Credential,
  overHttp,
  type TriedTenant,
} from '@prognetwork/shared-infrastructure/isolation'
import type { Headers, People, SignedIn } from './people.ts'

const { createTenant, readTenant } = tenantContract.operations
const { acceptInvitation, createApiKey, inviteMember, listMyMemberships, openTenantSession } =
  userContract.operations

const provisioningMs = 20_000

export interface TenantParts {
  readonly people: People
  readonly backstage: Backstage
  readonly origin: string
}

/** A new tenant. With `other` it is to reach that one, and its owner also names it in a header. */
export async function openTenant(parts: TenantParts, other?: string): Promise<TriedTenant> {
  const { people, backstage, origin } = parts
  const { ask } = people
  const marker = `p-${randomBytes(5).toString('hex')}`
  const email = (who: string) => `${marker}-${who}@example.com`

  const ownerId = await people.account(email('owner'))
  const owner = await people.enter(email('owner'))
  const body = { name: marker, slug: marker }
  const { id: tenantId } = await ask(createTenant, { body }, owner.headers)
  const acting = await firstActing(people, owner, tenantId)

  const inTenant = { 'prog-tenant': tenantId }
  const customerId = await people.account(email('buyer'), inTenant)
  const customer = await people.enter(email('buyer'), inTenant)
  const member = await join(people, acting.headers, email('member'))
  const scopes = ['*:*:*']
  const { key } = await ask(createApiKey, { body: { name: marker, scopes } }, acting.headers)

  const identity = { tenantId, accountId: ownerId, sessionId: acting.sessionId }
  const made = await backstage.makeFixtures(identity, {
    marker,
    made: {
      tenant: [tenantId],
      account: [ownerId, member.accountId, customerId],
      session: [owner.sessionId, member.sessionId, customer.sessionId],
      acting_session: [acting.sessionId],
    },
  })

  const enterAgain = async () => (await people.enter(email('owner'))).headers
  const actAgain = async () => (await act(people, await enterAgain(), tenantId)).headers
  const credentials: Credential[] = [
    { name: 'the owner', headers: acting.headers, renew: actAgain },
    { name: "the owner's own session", headers: owner.headers, renew: enterAgain },
    {
      name: 'a customer',
      headers: customer.headers,
      renew: async () => (await people.enter(email('buyer'), inTenant)).headers,
    },
    { name: 'a visitor', headers: inTenant },
  ]
  if (other !== undefined) {
    const naming = (headers: Headers) => ({ ...headers, 'prog-tenant': other })
    credentials.push(
      // Only here: a key's last use is written later, and would look like a change from outside.
      { name: 'an API key', headers: { 'x-api-key': key } },
      {
        name: 'the owner, naming the other tenant',
        headers: naming(acting.headers),
        renew: async () => naming(await actAgain()),
      },
    )
  }
  return {
    tenantId,
    marker,
    made,
    approaches: credentials.map((one) => overHttp(origin, one)),
    asService: (caller) => servicesOf(backstage, caller, backstage.principalOf(identity)),
  }
}

/** What a service calls with: the person it works for, or itself when nobody waits any more. */
function servicesOf(backstage: Backstage, caller: string, owner: Principal): Approach[] {
  const itself: Principal = {
    kind: 'service',
    subject: caller,
    tenantId: owner.tenantId,
    permissions: new Set(),
    roles: [],
  }
  return [
    byService(backstage, caller, { name: 'the owner', principal: owner }),
    byService(backstage, caller, { name: 'itself', principal: itself }),
  ]
}

async function act({ ask }: People, person: Headers, tenantId: string): Promise<SignedIn> {
  const { accessToken, sessionId } = await ask(openTenantSession, { body: { tenantId } }, person)
  return { headers: { authorization: `Bearer ${accessToken}` }, sessionId }
}

/** A tenant lets its owner in when that step of its provisioning is done, and is then finished. */
async function firstActing(
  people: People,
  { headers }: SignedIn,
  tenantId: string,
): Promise<SignedIn> {
  await until(async () => (await people.ask(listMyMemberships, {}, headers)).items.length > 0)
  const acting = await act(people, headers, tenantId)
  await until(async () => (await people.ask(readTenant, {}, acting.headers)).status === 'active')
  return acting
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + provisioningMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('a new tenant did not become active in time')
    await sleep(20)
  }
}

async function join(
  people: People,
  owner: Headers,
  email: string,
): Promise<{ accountId: string; sessionId: string }> {
  const accountId = await people.account(email)
  await people.ask(inviteMember, { body: { email, roles: ['manager'] } }, owner)
  const { headers, sessionId } = await people.enter(email)
  const token = await people.mailedToken(email)
  await people.ask(acceptInvitation, { body: { token } }, headers)
  return { accountId, sessionId }
}
