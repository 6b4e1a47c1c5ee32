import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BlackBox,
  findSystemServers,
  openEventSource,
  openWebSocket,
  startSeparatePlatform,
  startSystemPlatform,
  startTestPlatform,
  systemServersMissing,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

// One suite for all ways in which the platform runs: what a caller sees must be the same.

const { operations } = userContract
const { publishEvents } = eventStreamingContract.operations
const isEmbedded = () => true
const onSystem = () => findSystemServers() !== undefined
const modes: readonly [string, () => boolean, () => Promise<BlackBox>][] = [
  ['all services in one process', isEmbedded, () => startTestPlatform()],
  ['one service per process', isEmbedded, () => startSeparatePlatform()],
  [
    "on the system's PostgreSQL",
    onSystem,
    () => startSystemPlatform({ pooled: false, separate: false }),
  ],
  [
    "on the system's PostgreSQL through PgBouncer, one service per process",
    onSystem,
    () => startSystemPlatform({ pooled: true, separate: true }),
  ],
]

describe.each(modes)('%s', (_, canRun, start) => {
  let platform: BlackBox

  beforeAll(async () => {
    if (canRun()) platform = await start()
  })
  beforeEach((context) => {
    if (!canRun()) context.skip(systemServersMissing)
  })
  afterAll(() => platform?.stop())

  test('a person signs up, verifies, signs in, changes and signs out', async () => {
    const person = await platform.person()
    const me = await person.call(operations.readProfile, {})
    expect(me.body).toMatchObject({ email: person.email, id: person.accountId })
    const changed = await person.call(
      operations.changeProfile,
      { body: { timezone: 'Europe/Paris' } },
      { 'idempotency-key': 'one' },
    )
    expect(changed.body.timezone).toBe('Europe/Paris')
    expect((await person.call(operations.signOut, {})).status).toBe(204)
    // A gateway in a process of its own has to hear of it first.
    await expect.poll(async () => (await person.call(operations.readProfile, {})).status).toBe(401)
  })

  test('an event that is published is heard by those of its tenant, whatever they speak', async () => {
    const [shop, other] = await Promise.all([platform.shop(), platform.shop()])
    const keyOf = async ({ staff }: typeof shop) => {
      const { body } = await staff.call(operations.createApiKey, {
        body: { name: 'streams', scopes: ['event:event:*'] },
      })
      return { 'x-api-key': body.key }
    }
    const [own, foreign] = await Promise.all([keyOf(shop), keyOf(other)])
    const url = `${platform.origin}/api/v1/stream?types=parcel.*`
    const streams = await Promise.all([
      openEventSource(url, own),
      openWebSocket(url, own),
      openEventSource(url, foreign),
    ])
    expect(streams.map((one) => one.status)).toEqual([200, 101, 200])
    const publish = (headers: Record<string, string>, subject: string) =>
      platform.anonymous.call(
        publishEvents,
        { body: { specversion: '1.0', type: 'parcel.scanned', subject, data: {} } },
        headers,
      )
    expect((await publish(own, 'mine')).status).toBe(202)
    expect((await publish(foreign, 'theirs')).status).toBe(202)
    const heard = await Promise.all(streams.map((one) => one.has(1)))
    expect(heard.map(([event]) => event?.subject)).toEqual(['mine', 'mine', 'theirs'])
    for (const one of streams) one.close()
  })

  test('a second request with an Idempotency-Key gets the first answer', async () => {
    const person = await platform.person()
    const send = (displayName: string) =>
      person.call(
        operations.changeProfile,
        { body: { displayName } },
        { 'idempotency-key': 'same' },
      )
    const [first, second] = [await send('Ada'), await send('Ada')]
    expect([second.status, second.body]).toEqual([first.status, first.body])
    expect((await send('Grace')).problem.code).toBe('idempotency.body_mismatch')
  })

  test('the operator of the set-up link sees mail, accounts and the audit trail', async () => {
    const operator = await platform.operator()
    const person = await platform.person()
    const mail = await operator.call(operations.listCapturedMail, { query: { to: person.email } })
    expect(mail.body.items).toHaveLength(1)
    const accounts = await operator.call(operations.listAccounts, {
      query: { email: person.email },
    })
    expect(accounts.body.items.map((one) => one.id)).toEqual([person.accountId])
    const audit = await operator.call(operations.listAudit, {
      query: { subject: person.accountId },
    })
    expect(audit.body.items.map((one) => one.action)).toEqual([
      'session.opened',
      'user.email_verified',
      'user.signed_up',
    ])
    expect(new Set(audit.body.items.map((one) => one.address))).toEqual(new Set(['127.0.0.1']))
    const refused = await person.call(operations.listAudit, { query: {} })
    expect(refused.problem.code).toBe('identity.permission_denied')
  })

  test('a list goes on from its cursor without a gap or a repetition', async () => {
    const operator = await platform.operator()
    for (let count = 0; count < 3; count++) await platform.person()
    const all = await operator.call(operations.listAccounts, { query: { limit: 100 } })
    const seen: string[] = []
    let after: string | undefined
    do {
      const { body } = await operator.call(operations.listAccounts, {
        query: { limit: 2, ...(after !== undefined && { after }) },
      })
      seen.push(...body.items.map((one) => one.id))
      after = body.next ?? undefined
    } while (after !== undefined)
    expect(seen).toEqual(all.body.items.map((one) => one.id))
  })

  // Behind a pooler these share connections: whatever one leaves on them would reach another.
  test('many people at once are each answered with their own', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => platform.person()))
    const answers = await Promise.all(
      people.flatMap((person) =>
        Array.from({ length: 20 }, async (_, turn) => {
          const displayName = `${person.accountId} ${turn}`
          const changed = await person.call(operations.changeProfile, { body: { displayName } })
          const me = await person.call(operations.readProfile, {})
          return [changed.status, me.status, me.body.id === person.accountId]
        }),
      ),
    )
    expect(new Set(answers.map(String))).toEqual(new Set(['200,200,true']))
  })

  test('an unchanged answer is not sent again', async () => {
    const person = await platform.person()
    const first = await person.call(operations.readProfile, {})
    const again = await person.raw('GET', '/api/v1/me', {
      headers: { 'if-none-match': String(first.headers.etag) },
    })
    expect([again.status, again.body]).toEqual([304, undefined])
  })

  test('the same bad input gets the same problem', async () => {
    const wrong = await platform.anonymous.raw('POST', '/api/v1/accounts', {
      body: JSON.stringify({ email: 'x', password: 'short', role: 'operator' }),
      headers: { 'content-type': 'application/json' },
    })
    expect(wrong.status).toBe(400)
    expect(wrong.problem.errors?.map((one) => one.pointer)).toEqual([
      '/body/email',
      '/body/password',
      '/body/displayName',
      '/body/role',
    ])
    const broken = await platform.anonymous.raw('POST', '/api/v1/accounts', {
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect(broken.problem.code).toBe('request.body_malformed')
    const large = await platform.anonymous.raw('POST', '/api/v1/accounts', {
      body: JSON.stringify({ email: 'x'.repeat(2_000_000) }),
      headers: { 'content-type': 'application/json' },
    })
    expect(large.problem.code).toBe('request.body_too_large')
  })

  test('the trace of a caller goes through to the event and the audit row', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await platform.anonymous.call(
      operations.signUp,
      { body: { email: 'traced@example.com', password: testPassword, displayName: 'T' } },
      { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    )
    const { rows } = await platform.sql.query(
      'select action from user_service.audit where trace_id = $1',
      [traceId],
    )
    expect(rows).toEqual([{ action: 'user.signed_up' }])
  })

  test('operations for services do not exist outside', async () => {
    const operator = await platform.operator()
    const answer = await operator.raw('GET', `/api/v1/session-states/${operator.sessionId}`)
    expect(answer.problem.code).toBe('request.route_missing')
  })

  test('a shop imports a product list, and shoppers browse and search it', async () => {
    const shop = await platform.shop()
    const file = [
      'slug,title,status,sku,price,on_hand,tags',
      'clay-pot,Clay Pot,active,POT,12.50,5,garden',
      'oak-bench,Oak Bench,active,OAK,149,0,',
      'cafe-table,Café Table,active,TAB,89.90,2,garden',
    ].join('\n')
    const imported = await shop.staff.raw('PUT', '/api/v1/catalogue/import', {
      body: file,
      headers: { 'content-type': 'text/csv' },
    })
    expect(imported.status, JSON.stringify(imported.body)).toBe(200)
    expect(imported.body).toContainEqual(
      expect.objectContaining({
        kind: 'finished',
        refused: 0,
        products: { created: 3, updated: 0, unchanged: 0 },
      }),
    )
    const listed = await shop.shopper.call(productContract.operations.listProducts, {
      query: { sort: 'title' },
    })
    expect(listed.body.items.map((one) => one.title)).toEqual([
      'Café Table',
      'Clay Pot',
      'Oak Bench',
    ])
    const search = (q: string) =>
      shop.shopper.call(productContract.operations.searchProducts, { query: { q } })
    expect((await search('cafe')).body.items.map((one) => one.title)).toEqual(['Café Table'])
    expect((await search('benhc')).body.items.map((one) => one.title)).toEqual(['Oak Bench'])
    const other = await platform.shop()
    const elsewhere = await other.shopper.call(productContract.operations.searchProducts, {
      query: { q: 'cafe' },
    })
    expect(elsewhere.body.items).toEqual([])
  })
})
