import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { type TestPerson, testPassword } from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Shops, startShops } from './shops.ts'

const { addDomain, listDomains, removeDomain, verifyDomain } = tenantContract.operations
const { resumeTenant, suspendTenant } = tenantContract.operations
const { acceptInvitation, inviteMember, signIn, signUp, verifyEmail } = userContract.operations

let shops: Shops
let operator: TestPerson

beforeAll(async () => {
  shops = await startShops()
  operator = await shops.platform.operator()
})
afterEach(() => shops?.names.behave('answering'))
afterAll(() => shops?.stop())

describe('a domain', () => {
  test('is verified by the record that the answer asks for, and leaves its traces', async () => {
    const shop = await shops.platform.shop()
    const added = await shops.add(shop, 'Bücher.Example.org.')
    expect(added).toMatchObject({
      name: 'xn--bcher-kva.example.org',
      state: 'pending',
      lastFinding: null,
      record: { type: 'TXT', name: '_prognetwork.xn--bcher-kva.example.org' },
    })
    shops.publish(added)
    const { body } = await shops.verify(shop.staff, added)
    expect(body).toMatchObject({ state: 'verified', lastFinding: 'record_found' })
    expect(body.verifiedAt).not.toBeNull()
    const { items } = (await shop.staff.call(listDomains, {})).body
    expect(items).toEqual([body])
    const { rows } = await shops.platform.sql.query(
      `select type, data from every_event where tenant_id = $1 and type like 'tenant.domain%'`,
      [shop.id],
    )
    expect(rows.map((row) => [row.type, JSON.parse(row.data)])).toEqual([
      ['tenant.domain_verified', { tenantId: shop.id, domain: added.name }],
    ])
    const audit = await shops.platform.sql.query(
      `select action, subject from tenant_service.audit where resource = $1 order by id`,
      [`domain/${added.id}`],
    )
    expect(audit.rows).toEqual(
      ['tenant.domain_added', 'tenant.domain_verified'].map((action) => ({
        action,
        subject: shop.owner.accountId,
      })),
    )
  })

  test('without the record, with another value, and with a silent server are told apart', async () => {
    const shop = await shops.platform.shop()
    const added = await shops.add(shop)
    const missing = await shops.verify(shop.staff, added)
    expect(missing.problem).toMatchObject({
      status: 409,
      code: 'tenant.domain_record_missing',
      detail: expect.stringContaining(added.record.value),
    })
    shops.names.bare.add(added.record.name)
    expect((await shops.verify(shop.staff, added)).problem.code).toBe(
      'tenant.domain_record_missing',
    )
    shops.names.zone.set(added.record.name, ['v=spf1 -all', `${added.record.value}x`])
    expect((await shops.verify(shop.staff, added)).problem.code).toBe('tenant.domain_record_wrong')
    for (const how of ['failing', 'refusing'] as const) {
      shops.names.behave(how)
      const unknown = await shops.verify(shop.staff, added)
      expect([unknown.status, unknown.headers['retry-after']]).toEqual([503, '30'])
    }
    expect(await shops.stateOf(added)).toEqual({ state: 'pending', finding: 'unreachable' })
  })

  test('is found among other records, and in pieces', async () => {
    const shop = await shops.platform.shop()
    const added = await shops.add(shop)
    const { name, value } = added.record
    shops.names.zone.set(name, ['something else', [value.slice(0, 10), value.slice(10)]])
    expect((await shops.verify(shop.staff, added)).body.state).toBe('verified')
  })

  test('is added once to a tenant, in whatever spelling', async () => {
    const shop = await shops.platform.shop()
    const { name } = await shops.add(shop)
    const again = await shop.staff.call(addDomain, { body: { name: `${name.toUpperCase()}.` } })
    expect(again.problem.code).toBe('tenant.domain_exists')
    const raced = shops.newName()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => shop.staff.call(addDomain, { body: { name: raced } })),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([201, 409, 409, 409])
  })

  test('that cannot be one is refused with what was expected', async () => {
    const shop = await shops.platform.shop()
    for (const name of ['https://shop.example.org', '127.0.0.1', 'co.uk', 'shop.localhost']) {
      const { problem } = await shop.staff.call(addDomain, { body: { name } })
      expect([problem.status, problem.code]).toEqual([422, 'tenant.domain_unfit'])
      expect(problem.errors?.[0]?.pointer).toBe('/body/name')
    }
  })

  test('is one of twenty at most', async () => {
    const shop = await shops.platform.shop()
    for (let number = 0; number < 20; number++) await shops.add(shop)
    const more = await shop.staff.call(addDomain, { body: { name: shops.newName() } })
    expect(more.problem.code).toBe('tenant.domains_too_many')
  })

  test('is added once for one Idempotency-Key', async () => {
    const shop = await shops.platform.shop()
    const body = { name: shops.newName() }
    const send = () => shop.staff.call(addDomain, { body }, { 'idempotency-key': body.name })
    const [first, second] = [await send(), await send()]
    expect(second.body).toEqual(first.body)
  })

  test('of the platform itself is none', async () => {
    const { problem } = await operator.call(addDomain, { body: { name: shops.newName() } })
    expect(problem.code).toBe('tenant.tenant_missing')
  })

  test('is seen by members, and changed by those who run the tenant', async () => {
    const shop = await shops.platform.shop()
    const added = await shops.add(shop)
    const viewer = await shops.platform.person()
    await shop.staff.call(inviteMember, { body: { email: viewer.email, roles: ['viewer'] } })
    const token = await shops.platform.mailedToken(viewer.email)
    await viewer.call(acceptInvitation, { body: { token } })
    const looking = await shops.act(viewer, shop.id)
    expect((await looking.call(listDomains, {})).body.items).toHaveLength(1)
    const params = { domainId: added.id }
    const tried = [
      await looking.call(addDomain, { body: { name: shops.newName() } }),
      await looking.call(verifyDomain, { params }),
      await looking.call(removeDomain, { params }),
    ]
    expect(tried.map((one) => one.problem.code)).toEqual(
      Array(3).fill('identity.permission_denied'),
    )
  })

  test('of one tenant is out of reach of another', async () => {
    const [mine, other] = [await shops.platform.shop(), await shops.platform.shop()]
    const added = await shops.add(mine)
    shops.publish(added)
    const params = { domainId: added.id }
    expect((await shops.verify(other.staff, added)).problem.code).toBe('tenant.domain_missing')
    const removed = await other.staff.call(removeDomain, { params })
    expect(removed.problem.code).toBe('tenant.domain_missing')
    expect((await other.staff.call(listDomains, {})).body.items).toEqual([])
    expect(await shops.stateOf(added)).toMatchObject({ state: 'pending' })
  })
})

describe('a name that two tenants claim', () => {
  test('is given to the first whose record is found, until they let it go', async () => {
    const [first, second] = [await shops.platform.shop(), await shops.platform.shop()]
    const name = shops.newName()
    const [one, two] = [await shops.add(first, name), await shops.add(second, name)]
    expect(one.record.value).not.toBe(two.record.value)
    shops.publish(one)
    expect((await shops.verify(second.staff, two)).problem.code).toBe('tenant.domain_record_wrong')
    expect((await shops.verify(first.staff, one)).status).toBe(200)
    shops.publish(two)
    expect((await shops.verify(second.staff, two)).problem.code).toBe('tenant.domain_taken')
    expect(await shops.stateOf(two)).toEqual({ state: 'pending', finding: 'taken' })
    await first.staff.call(removeDomain, { params: { domainId: one.id } })
    expect((await shops.verify(second.staff, two)).body.state).toBe('verified')
  })

  test('and verify at once is given to one', async () => {
    const name = shops.newName()
    const rivals = []
    for (let count = 0; count < 3; count++) {
      const shop = await shops.platform.shop()
      rivals.push({ shop, claim: await shops.add(shop, name) })
    }
    for (const { claim } of rivals) shops.publish(claim)
    const answers = await Promise.all(
      rivals.map(({ shop, claim }) => shops.verify(shop.staff, claim)),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409])
    const { rows } = await shops.platform.sql.query(
      `select count(*)::int as count from tenant_service.domain
       where name = $1 and state = 'verified'`,
      [name],
    )
    expect(rows[0].count).toBe(1)
  })
})

describe('a verified domain', () => {
  test('leads to its tenant, however the host is written, and a pending one does not', async () => {
    const [shop, other] = [await shops.platform.shop(), await shops.platform.shop()]
    const pending = await shops.add(shop)
    expect(await shops.leadsTo(pending.name, shop, other)).toBe(false)
    const { name } = await shops.addVerified(shop)
    for (const host of [name, name.toUpperCase(), `${name}:443`, `${name}.`])
      expect(await shops.leadsTo(host, shop, other), host).toBe(true)
    expect(await shops.leadsTo(`www.${name}`, shop, other)).toBe(false)
  })

  test('is where customers of its tenant sign in, and nobody else', async () => {
    const [shop, other] = [await shops.platform.shop(), await shops.platform.shop()]
    const [here, there] = [await shops.addVerified(shop), await shops.addVerified(other)]
    const email = 'customer@example.com'
    const send = async (host: string, { path }: { path: string }, body: object) => {
      const answer = await request(`${shops.platform.origin}/api${path}`, {
        method: 'POST',
        headers: { host, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      await answer.body.dump()
      return answer.statusCode
    }
    const credentials = { email, password: testPassword }
    await send(here.name, signUp, { ...credentials, displayName: 'C' })
    const token = await shops.platform.mailedToken(email)
    await shops.platform.anonymous.call(
      verifyEmail,
      { body: { token, password: testPassword } },
      { 'prog-tenant': shop.slug },
    )
    const enter = (host: string) => send(host, signIn, credentials)
    expect(await enter(here.name)).toBe(201)
    expect(await enter(there.name)).toBe(401)
  })

  test('shuts with its tenant and opens with it, as its slug does', async () => {
    const shop = await shops.platform.shop()
    const { name } = await shops.addVerified(shop)
    const params = { tenantId: shop.id }
    const both = () => Promise.all([shops.at(name), shops.at(`${shop.slug}.localhost`)])
    await shops.heard()
    expect(await both()).toEqual([200, 200])
    const body = { reason: 'Unpaid invoices' }
    expect((await operator.call(suspendTenant, { params, body })).status).toBe(200)
    const shut = 'identity.tenant_suspended'
    expect(await both()).toEqual([shut, shut])
    await shops.heard()
    expect(await both()).toEqual([shut, shut])
    await operator.call(resumeTenant, { params })
    expect(await both()).toEqual([200, 200])
  })

  test('leads to its tenant with its verification, nowhere once it is removed, and says so', async () => {
    const [shop, other] = [await shops.platform.shop(), await shops.platform.shop()]
    const added = await shops.add(shop)
    await shops.heard()
    // That it leads nowhere yet is known now, and is forgotten with the verification.
    expect(await shops.leadsTo(added.name, shop, other)).toBe(false)
    shops.publish(added)
    expect((await shops.verify(shop.staff, added)).status).toBe(200)
    expect(await shops.leadsTo(added.name, shop, other)).toBe(true)
    await shops.heard()
    expect(await shops.leadsTo(added.name, shop, other)).toBe(true)
    const params = { domainId: added.id }
    expect((await shop.staff.call(removeDomain, { params })).status).toBe(204)
    expect(await shops.leadsTo(added.name, shop, other)).toBe(false)
    expect((await shop.staff.call(removeDomain, { params })).status).toBe(404)
    await shops.heard()
    expect(await shops.leadsTo(added.name, shop, other)).toBe(false)
    const { rows } = await shops.platform.sql.query(
      `select type from every_event where tenant_id = $1 and type = 'tenant.domain_removed'`,
      [shop.id],
    )
    expect(rows).toHaveLength(1)
  })
})
