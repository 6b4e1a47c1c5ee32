import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  startTestPlatform,
  type TestClient,
  type TestPerson,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { request } from 'undici'
import { expect } from 'vitest'
import { startNameServer } from './name-server.ts'

const { addDomain, verifyDomain } = tenantContract.operations
const { openTenantSession, signIn } = userContract.operations

/** A domain as it was added. */
export interface Claim {
  readonly id: string
  readonly name: string
  readonly record: { readonly name: string; readonly value: string }
}

const metricsToken = 'a-token-of-the-collector-of-metrics'

/** A platform that asks a name server of its own, and shops with domains there. */
export async function startShops() {
  const names = await startNameServer()
  const platform = await startTestPlatform({
    configuration: {
      'tenant-service': { dnsServers: names.address },
      'api-gateway': { metricsToken },
    },
  })
  let count = 0
  const newName = () => `shop-${++count}.example.org`

  /** With a new session, because the clock may have outlived the first. */
  async function act(person: TestPerson, tenantId: string): Promise<TestClient> {
    const session = await platform.anonymous.call(signIn, {
      body: { email: person.email, password: testPassword },
    })
    const signedIn = platform.anonymous.as(session.body.accessToken)
    let token = ''
    await expect
      .poll(async () => {
        const answer = await signedIn.call(openTenantSession, { body: { tenantId } })
        if (answer.status < 300) token = answer.body.accessToken
        return answer.status
      })
      .toBe(201)
    return platform.anonymous.as(token)
  }

  async function add(shop: TestShop, name = newName()) {
    const { status, body } = await shop.staff.call(addDomain, { body: { name } })
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }

  /** What the owner of the zone does with the answer. */
  function publish({ record }: Claim): void {
    names.zone.set(record.name, [...(names.zone.get(record.name) ?? []), record.value])
  }

  const verify = (client: TestClient, { id }: Pick<Claim, 'id'>) =>
    client.call(verifyDomain, { params: { domainId: id } })

  async function addVerified(shop: TestShop): Promise<Claim> {
    const added = await add(shop)
    publish(added)
    expect((await verify(shop.staff, added)).status).toBe(200)
    return added
  }

  async function stateOf({ id }: Pick<Claim, 'id'>) {
    const { rows } = await platform.sql.query(
      'select state, last_finding as finding from tenant_service.domain where id = $1',
      [id],
    )
    return rows[0]
  }

  /** What is answered at a host: 200, or the code of the problem. */
  async function at(host: string, tenant?: string): Promise<string | number> {
    const { statusCode, body } = await request(`${platform.origin}/api/v1/key-set`, {
      headers: { host, ...(tenant !== undefined && { 'prog-tenant': tenant }) },
    })
    const answer = (await body.json()) as { code?: string }
    return answer.code ?? statusCode
  }

  /** Until the gateway has heard of everything, and believes what it has been told before. */
  async function heard(): Promise<void> {
    const metrics = platform.anonymous.as(metricsToken)
    await expect
      .poll(async () => (await metrics.raw('GET', '/metrics')).body, { timeout: 10_000 })
      .toContain('event_watch_current_ratio{service="api-gateway"} 1\n')
  }

  /** That a host leads to a tenant shows when another one is named beside it. */
  async function leadsTo(host: string, { slug }: TestShop, other: TestShop): Promise<boolean> {
    const [same, different] = [await at(host, slug), await at(host, other.slug)]
    return same === 200 && different === 'identity.tenant_mismatch'
  }

  return {
    ...{ platform, names, newName, act, add, publish, verify, addVerified, stateOf },
    ...{ at, heard, leadsTo },
    async stop() {
      await platform.stop()
      await names.stop()
    },
  }
}

export type Shops = Awaited<ReturnType<typeof startShops>>
