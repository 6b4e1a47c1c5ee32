import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  startTestPlatform,
  type TestClient,
  type TestPerson,
  type TestPlatform,
  testPassword,
} from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  createTenant,
  createTenantFor,
  inspectTenant,
  readTenant,
  renameTenant,
  listTenants,
  suspendTenant,
  resumeTenant,
  readSettings,
  changeSettings,
} = tenantContract.operations
const { openTenantSession, readPermissions, signUp, listAccounts, signIn } = userContract.operations

let platform: TestPlatform
let operator: TestPerson

beforeAll(async () => {
  platform = await startTestPlatform()
  operator = await platform.operator()
})
afterAll(() => platform?.stop())

let count = 0
const newSlug = () => `shop-${++count}-of-many`

/** A new tenant, ready, and its owner acting for it. */
async function tenantOf(person: TestPerson, slug = newSlug()) {
  const created = await person.call(createTenant, { body: { name: 'A Shop', slug } })
  expect(created.status).toBe(201)
  const { id } = created.body
  const staff = await acting(person, id)
  return { id, slug, staff }
}

async function acting(person: TestPerson, tenantId: string): Promise<TestClient> {
  let token = ''
  await expect
    .poll(async () => {
      const answer = await person.call(openTenantSession, { body: { tenantId } })
      if (answer.status < 300) token = answer.body.accessToken
      return answer.status
    })
    .toBe(201)
  return platform.anonymous.as(token)
}

describe('a tenant', () => {
  test('is created by a person, who owns it once it is provisioned', async () => {
    const person = await platform.person()
    const { id, staff } = await tenantOf(person)
    await expect
      .poll(async () => (await staff.call(readTenant, {})).body)
      .toMatchObject({
        id,
        status: 'active',
        provisioning: [{ name: 'user-service', state: 'done' }],
      })
    const may = await staff.call(readPermissions, {})
    expect(may.body).toMatchObject({ tenantId: id, roles: ['owner'] })
    expect(may.body.permissions).not.toContain('platform:tenant:suspend')
  })

  test('is not what the platform is to itself', async () => {
    const answer = await operator.call(readTenant, {})
    expect(answer.problem.code).toBe('tenant.tenant_missing')
  })

  test('leaves its events under its own id', async () => {
    const { id } = await tenantOf(await platform.person())
    await expect
      .poll(async () => {
        const { rows } = await platform.sql.query(
          `select type from every_event where tenant_id = $1 and key = $1::text order by type`,
          [id],
        )
        return rows.map((row) => row.type)
      })
      .toEqual(['tenant.activated', 'tenant.created'])
  })

  test('is made once for one Idempotency-Key, also when asked twice at once', async () => {
    const person = await platform.person()
    const slug = newSlug()
    const send = () =>
      person.call(createTenant, { body: { name: 'Once', slug } }, { 'idempotency-key': slug })
    const answers = await Promise.all([send(), send(), send()])
    const made = answers.filter((one) => one.status === 201)
    expect(new Set(made.map((one) => one.body.id)).size).toBe(1)
    expect((await send()).body.id).toBe(made[0]?.body.id)
  })

  test('has a slug of its own: a taken one, a reserved one and a wrong one are refused', async () => {
    const person = await platform.person()
    const { slug } = await tenantOf(person)
    const create = (wanted: string) =>
      person.call(createTenant, { body: { name: 'Other', slug: wanted } })
    expect((await create(slug)).problem.code).toBe('tenant.slug_taken')
    expect((await create('admin')).problem.code).toBe('tenant.slug_reserved')
    for (const wrong of [person.accountId, 'A', 'a_b', '-ab', 'ab-', 'a'.repeat(41)])
      expect((await create(wrong)).problem.code).toBe('request.invalid')
  })

  test('of ten people who want one slug at once is made by one', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => platform.person()))
    const slug = newSlug()
    const answers = await Promise.all(
      people.map((person) => person.call(createTenant, { body: { name: 'Raced', slug } })),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([201, 409, 409, 409])
  })

  test('can be renamed, and is found under its new slug only', async () => {
    const { staff, slug } = await tenantOf(await platform.person())
    const next = newSlug()
    const renamed = await staff.call(renameTenant, { body: { slug: next } })
    expect(renamed.body.slug).toBe(next)
    expect((await keySetAt(next)).status).toBe(200)
    const other = await tenantOf(await platform.person())
    const take = (wanted: string) => other.staff.call(renameTenant, { body: { slug: wanted } })
    expect((await take(next)).problem.code).toBe('tenant.slug_taken')
    expect((await take('admin')).problem.code).toBe('tenant.slug_reserved')
    await expect.poll(async () => (await keySetAt(slug)).status, { timeout: 5_000 }).toBe(404)
  })

  test('is made by accounts of the platform only', async () => {
    const { slug } = await tenantOf(await platform.person())
    const customer = await customerOf(slug, 'owner-to-be@example.com')
    const refused = await customer.call(createTenant, { body: { name: 'No', slug: newSlug() } })
    expect(refused.problem.code).toBe('tenant.platform_account_needed')
  })
})

const keySetAt = (tenant: string) =>
  platform.anonymous.raw('GET', '/api/v1/key-set', { headers: { 'prog-tenant': tenant } })

/** Somebody who has an account at a shop. */
async function customerOf(slug: string, email: string): Promise<TestClient> {
  const at = { 'prog-tenant': slug }
  const { anonymous } = platform
  await anonymous.call(signUp, { body: { email, password: testPassword, displayName: 'C' } }, at)
  const token = await platform.mailedToken(email)
  await anonymous.call(
    userContract.operations.verifyEmail,
    { body: { token, password: testPassword } },
    at,
  )
  const session = await anonymous.call(signIn, { body: { email, password: testPassword } }, at)
  expect(session.status).toBe(201)
  return anonymous.as(session.body.accessToken)
}

describe('operators', () => {
  test('find tenants by words of name or slug, and page through all of them', async () => {
    const person = await platform.person()
    const slug = newSlug()
    for (const [index, name] of ['Quartz Mill', 'quartzite', 'Other'].entries())
      await person.call(createTenant, { body: { name, slug: `${slug}-${index}` } })
    const find = async (words: string, after?: string) =>
      (await operator.call(listTenants, { query: { words, limit: 1, ...(after && { after }) } }))
        .body
    const first = await find('QUARTZ')
    const second = await find('QUARTZ', first.next ?? '')
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([
      ...['quartzite', 'Quartz Mill'],
    ])
    expect(second.next).toBeNull()
    expect((await find(`${slug}-2`)).items).toMatchObject([{ name: 'Other' }])
    expect((await find('100%_')).items).toEqual([])
  })

  test('make a tenant for somebody, who owns it and is not themselves its member', async () => {
    const person = await platform.person()
    const body = { name: 'Made For', slug: newSlug(), ownerEmail: person.email }
    const created = await operator.call(createTenantFor, { body })
    expect(created).toMatchObject({ status: 201, body: { status: 'provisioning' } })
    const tenantId = created.body.id
    const inspect = () => operator.call(inspectTenant, { params: { tenantId } })
    await expect
      .poll(async () => (await inspect()).body)
      .toMatchObject({
        ...{ name: 'Made For', status: 'active', firstOwnerId: person.accountId },
        provisioning: [{ name: 'user-service', state: 'done', lastError: null }],
      })
    const owner = await acting(person, tenantId)
    expect((await owner.call(readPermissions, {})).body.roles).toEqual(['owner'])
    const refused = await operator.call(openTenantSession, { body: { tenantId } })
    expect(refused.problem.code).toBe('user.reason_missing')
  })

  test('make one for nobody who has no account, and under no slug that is not free', async () => {
    const { email: ownerEmail } = await platform.person()
    const create = (slug: string, email = ownerEmail) =>
      operator.call(createTenantFor, { body: { name: 'For', slug, ownerEmail: email } })
    const { slug } = await tenantOf(await platform.person())
    expect((await create(slug)).problem.code).toBe('tenant.slug_taken')
    expect((await create('admin')).problem.code).toBe('tenant.slug_reserved')
    const unknown = await create(newSlug(), 'nobody@example.com')
    expect(unknown.problem).toMatchObject({
      code: 'tenant.owner_missing',
      errors: [{ pointer: '/body/ownerEmail' }],
    })
    const email = 'unverified@example.com'
    await platform.anonymous.call(signUp, {
      body: { email, password: testPassword, displayName: 'U' },
    })
    expect((await create(newSlug(), email)).problem.code).toBe('tenant.owner_missing')
  })

  test('alone may do that, and look at tenants that are there', async () => {
    const person = await platform.person()
    const { id, staff } = await tenantOf(person)
    const params = { tenantId: id }
    const body = { name: 'No', slug: newSlug(), ownerEmail: person.email }
    for (const one of [staff, person, platform.anonymous]) {
      const expected = one === platform.anonymous ? 401 : 403
      expect((await one.call(createTenantFor, { body })).status).toBe(expected)
      expect((await one.call(inspectTenant, { params })).status).toBe(expected)
    }
    const nobody = { tenantId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' }
    const missing = await operator.call(inspectTenant, { params: nobody })
    expect(missing.problem.code).toBe('tenant.tenant_missing')
  })
})

describe('the tenant of a request', () => {
  test('is named by its host or by Prog-Tenant, and the two must not disagree', async () => {
    const [one, other] = [
      await tenantOf(await platform.person()),
      await tenantOf(await platform.person()),
    ]
    const ask = async (headers: Record<string, string>) => {
      const answer = await request(`${platform.origin}/api/v1/key-set`, { headers })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await ask({ host: `${one.slug}.localhost:8000` })).toBe(200)
    expect(await ask({ 'prog-tenant': one.id })).toBe(200)
    expect(await ask({ host: `${one.slug}.localhost`, 'prog-tenant': one.slug })).toBe(200)
    expect(await ask({ host: `${one.slug}.localhost`, 'prog-tenant': other.slug })).toBe(403)
    expect(await ask({ host: 'nobody-here.localhost' })).toBe(404)
    expect(await ask({ 'prog-tenant': 'nobody-here' })).toBe(404)
  })

  test('must be that of the credential', async () => {
    const person = await platform.person()
    const [mine, other] = [await tenantOf(person), await tenantOf(await platform.person())]
    const crossed = await mine.staff.call(readTenant, {}, { 'prog-tenant': other.slug })
    expect(crossed.problem.code).toBe('identity.tenant_mismatch')
    expect((await mine.staff.call(readTenant, {}, { 'prog-tenant': mine.slug })).status).toBe(200)
  })

  test('decides who somebody is: one address at two shops is two people', async () => {
    const [one, other] = [
      await tenantOf(await platform.person()),
      await tenantOf(await platform.person()),
    ]
    const email = 'same@example.com'
    await customerOf(one.slug, email)
    const elsewhere = await platform.anonymous.call(
      signIn,
      { body: { email, password: testPassword } },
      { 'prog-tenant': other.slug },
    )
    expect(elsewhere.problem.code).toBe('user.credentials_wrong')
    const seen = await one.staff.call(listAccounts, { query: {} })
    expect(seen.body.items.map((account) => account.email)).toEqual([email])
    expect((await other.staff.call(listAccounts, { query: {} })).body.items).toEqual([])
  })
})

describe('suspension', () => {
  test('shuts staff and customers out, not operators, until it is lifted', async () => {
    const { id, slug, staff } = await tenantOf(await platform.person())
    await expect.poll(async () => (await staff.call(readTenant, {})).body.status).toBe('active')
    const suspended = await operator.call(suspendTenant, {
      params: { tenantId: id },
      body: { reason: 'Unpaid invoices' },
    })
    expect(suspended.body.status).toBe('suspended')
    await expect
      .poll(async () => (await staff.call(readTenant, {})).status, { timeout: 5_000 })
      .toBe(403)
    const customer = await keySetAt(slug)
    expect(customer.problem.code).toBe('identity.tenant_suspended')
    const twice = await operator.call(suspendTenant, {
      params: { tenantId: id },
      body: { reason: 'Again' },
    })
    expect(twice.problem.code).toBe('tenant.state_unfit')
    const helper = await operator.call(openTenantSession, {
      body: { tenantId: id, reason: 'Looking into the invoices' },
    })
    const inside = platform.anonymous.as(helper.body.accessToken)
    expect((await inside.call(readTenant, {})).body.status).toBe('suspended')
    const resumed = await operator.call(resumeTenant, { params: { tenantId: id } })
    const again = await operator.call(resumeTenant, { params: { tenantId: id } })
    expect(again.problem.code).toBe('tenant.state_unfit')
    expect(resumed.body.status).toBe('active')
    await expect
      .poll(async () => (await staff.call(readTenant, {})).status, { timeout: 5_000 })
      .toBe(200)
  })

  test('is for operators; an owner cannot even list tenants', async () => {
    const { id, staff } = await tenantOf(await platform.person())
    const tried = await staff.call(suspendTenant, {
      params: { tenantId: id },
      body: { reason: 'xxx' },
    })
    expect(tried.problem.code).toBe('identity.permission_denied')
    expect((await staff.call(listTenants, { query: {} })).status).toBe(403)
    const listed = await operator.call(listTenants, { query: { limit: 100 } })
    expect(listed.body.items.map((one) => one.id)).toContain(id)
  })

  test('of no tenant is told so', async () => {
    const nobody = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'
    const tried = await operator.call(suspendTenant, {
      params: { tenantId: nobody },
      body: { reason: 'Not there' },
    })
    expect(tried.problem.code).toBe('tenant.tenant_missing')
    expect((await operator.call(resumeTenant, { params: { tenantId: nobody } })).status).toBe(404)
  })
})

describe('settings', () => {
  test('are read as they were at any time', async () => {
    const { staff } = await tenantOf(await platform.person())
    const first = (await staff.call(readSettings, { query: {} })).body
    expect(first).toMatchObject({
      version: 1,
      settings: { currency: 'EUR', displayName: 'A Shop' },
    })
    platform.clock.advance(1_000)
    const changed = await staff.call(changeSettings, {
      body: { version: 1, changes: { brandColor: '#0f5f66', currencies: ['EUR', 'GBP'] } },
    })
    expect(changed.body).toMatchObject({ version: 2, settings: { brandColor: '#0f5f66' } })
    const before = await staff.call(readSettings, { query: { at: first.validFrom } })
    expect(before.body).toEqual(first)
    const earlier = await staff.call(readSettings, { query: { at: '2020-01-01T00:00:00.000Z' } })
    expect(earlier.problem.code).toBe('tenant.settings_missing')
  })

  test('changed by two at once from one version are changed once', async () => {
    const { staff } = await tenantOf(await platform.person())
    const change = (displayName: string) =>
      staff.call(changeSettings, { body: { version: 1, changes: { displayName } } })
    const answers = await Promise.all(['One', 'Two', 'Three'].map(change))
    expect(answers.map((one) => one.status).sort()).toEqual([200, 412, 412])
  })

  test('must not contradict each other', async () => {
    const { staff } = await tenantOf(await platform.person())
    const unfit = await staff.call(changeSettings, {
      body: { version: 1, changes: { currency: 'USD' } },
    })
    expect(unfit.problem.code).toBe('tenant.settings_unfit')
    expect(unfit.problem.errors?.[0]?.pointer).toBe('/body/changes/currency')
  })
})

test('provisioning that was cut off is taken up by its job', async () => {
  const person = await platform.person()
  const { id } = await tenantOf(person)
  await platform.sql.query(
    `update tenant_service.provisioning_step set state = 'waiting', finished_at = null where tenant_id = $1`,
    [id],
  )
  await platform.sql.query(
    `update tenant_service.tenant set status = 'provisioning' where tenant_id = $1`,
    [id],
  )
  await expect
    .poll(
      async () => {
        const { rows } = await platform.sql.query(
          'select status from tenant_service.tenant where tenant_id = $1',
          [id],
        )
        return rows[0].status
      },
      { timeout: 25_000, interval: 500 },
    )
    .toBe('active')
})
