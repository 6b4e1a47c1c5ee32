import { platformTenantId } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { type TestPerson, testPassword, type WebClientServer } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  close,
  cookieRefused,
  exchange,
  openInOffice,
  outcome,
  renew,
  signInAt,
  startWithClients,
} from './browsers.ts'

const {
  exchangeBrowserSession,
  listSessions,
  openBrowserSession,
  readProfile,
  requestPasswordReset,
  resetPassword,
  revokeAllSessions,
  revokeSession,
} = userContract.operations
const hourMs = 3_600_000

let platform: Awaited<ReturnType<typeof startWithClients>>
let auth: WebClientServer
let backOffice: WebClientServer

beforeAll(async () => {
  platform = await startWithClients()
  auth = platform.clients.at('auth-client', platformTenantId)
  backOffice = platform.clients.at('admin-client', platformTenantId)
})
afterAll(() => platform?.stop())

const inOffice = (person: TestPerson) => openInOffice(platform.clients, person.email)

describe('a browser session', () => {
  test('stands for its person, in a call of the client and at the gateway', async () => {
    const person = await platform.person()
    const { credential, sessionId, accountId } = await signInAt(auth, person.email)
    expect(accountId).toBe(person.accountId)
    const principal = await auth.identify(credential)
    expect(principal).toMatchObject({
      kind: 'user',
      subject: accountId,
      tenantId: platformTenantId,
      sessionId,
    })
    expect(await auth.as(principal).call(readProfile, {})).toMatchObject({ email: person.email })
    const { accessToken, expiresIn } = await exchange(auth, credential)
    expect(expiresIn).toBe(300)
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ sid: sessionId, client_id: 'auth-client', amr: ['pwd'] })
    const outside = platform.anonymous.as(accessToken)
    expect((await outside.call(readProfile, {})).body.email).toBe(person.email)
    platform.clock.advance(301_000)
    expect((await outside.call(readProfile, {})).problem.code).toBe('identity.credential_invalid')
  })

  test('is nobody to another client or another tenant, exactly as one that never was', async () => {
    const tenant = await platform.shop()
    const { credential } = await signInAt(auth, (await platform.person()).email)
    const elsewhere = platform.clients.at('auth-client', tenant.id)
    const never = `bs_${'A'.repeat(43)}`
    const tried = [
      [auth, never],
      [auth, `${credential.slice(0, -1)}${credential.endsWith('A') ? 'B' : 'A'}`],
      [backOffice, credential],
      [elsewhere, credential],
      [platform.clients.at('storefront-client', platformTenantId), credential],
    ] as const
    for (const [server, value] of tried) {
      expect(await outcome(exchange(server, value))).toBe(cookieRefused)
      expect(await outcome(renew(server, value))).toBe(cookieRefused)
      expect(await outcome(server.identify(value))).toBe(cookieRefused)
      expect(await outcome(close(server, value))).toBe('done')
    }
    expect(await outcome(auth.identify(credential))).toBe('done')
  })

  test('is opened with a password by the auth client only, and by nobody outside', async () => {
    const { email } = await platform.person()
    const body = { email, password: testPassword }
    for (const name of ['admin-client', 'marketing-client', 'storefront-client'])
      expect(
        await outcome(
          platform.clients.at(name, platformTenantId).call(openBrowserSession, { body }),
        ),
      ).toMatch(/^identity.permission_denied/)
    const outside = await platform.anonymous.call(openBrowserSession, { body })
    expect(outside.problem.code).toMatch(/^request\.(route_missing|method_not_allowed)$/)
    const token = await platform.anonymous.call(exchangeBrowserSession, {
      body: { credential: `bs_${'A'.repeat(43)}` },
    })
    expect(token.problem.code).toMatch(/^request\.(route_missing|method_not_allowed)$/)
  })

  test('of a wrong password is none, and guesses count against the place of the browser', async () => {
    const { email } = await platform.person()
    const body = { email, password: 'not the password at all' }
    const guess = () => outcome(auth.call(openBrowserSession, { body }))
    for (let count = 0; count < 5; count++) expect(await guess()).toMatch(/^user.credentials_wrong/)
    expect(await guess()).toMatch(/^user.too_many_attempts/)
    const owner = platform.clients.at('auth-client', platformTenantId, '198.51.100.4')
    expect(await outcome(signInAt(owner, email))).toBe('done')
  })

  test('never takes over a value that was there before the sign-in', async () => {
    const person = await platform.person()
    const planted = `bs_${'P'.repeat(43)}`
    const body = { email: person.email, password: testPassword }
    const first = await auth.call(openBrowserSession, { body: { ...body, replaces: planted } })
    expect(first.credential).not.toBe(planted)
    expect(await outcome(exchange(auth, planted))).toBe(cookieRefused)
    const second = await auth.call(openBrowserSession, {
      body: { ...body, replaces: first.credential },
    })
    expect(await outcome(exchange(auth, first.credential))).toBe(cookieRefused)
    expect(await outcome(exchange(auth, second.credential))).toBe('done')
  })

  test('of another client is not ended by a sign-in that names its cookie', async () => {
    const person = await platform.person()
    const { credential } = await inOffice(person)
    await auth.call(openBrowserSession, {
      body: { email: person.email, password: testPassword, replaces: credential },
    })
    expect(await outcome(exchange(backOffice, credential))).toBe('done')
  })

  test('is listed with its client, device and place, and without secrets', async () => {
    const person = await platform.person()
    const { credential, sessionId } = await signInAt(auth, person.email)
    const { items } = await auth.as(await auth.identify(credential)).call(listSessions, {})
    expect(items.map((one) => [one.client, one.current])).toEqual(
      expect.arrayContaining([
        ['auth-client', true],
        [null, false],
      ]),
    )
    expect(items.find((one) => one.id === sessionId)).toMatchObject({
      userAgent: 'Firefox',
      address: '192.0.2.7',
    })
    expect(JSON.stringify(items)).not.toMatch(/bs_|hash|eyJ/)
  })

  test('is kept as a hash: nothing at rest opens it', async () => {
    const { credential, sessionId } = await signInAt(auth, (await platform.person()).email)
    const { rows } = await platform.sql.query(
      `select to_jsonb(s)::text as row, encode(credential_hash, 'hex') as hash
       from user_service.session s where id = $1`,
      [sessionId],
    )
    expect(rows[0].row).not.toContain(credential)
    expect(rows[0].hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await outcome(exchange(auth, rows[0].hash))).toBe(cookieRefused)
  })

  test('leaves an event and an audit row when it opens and when it ends', async () => {
    const person = await platform.person()
    const { credential, sessionId } = await signInAt(auth, person.email)
    await close(auth, credential)
    const events = await platform.sql.query(
      'select type from every_event where key = $1 order by seq',
      [sessionId],
    )
    expect(events.rows.map((row) => row.type)).toEqual(['session.opened', 'session.revoked'])
    const audit = await platform.sql.query(
      `select action, subject, detail from user_service.audit where resource = $1 order by id`,
      [`session/${sessionId}`],
    )
    expect(audit.rows).toEqual([
      {
        action: 'session.opened',
        subject: person.accountId,
        detail: { methods: ['pwd'], client: 'auth-client' },
      },
      { action: 'session.revoked', subject: person.accountId, detail: { reason: 'signed_out' } },
    ])
  })
})

describe('a browser session ends', () => {
  test('at the sign-out, which says the same a second time', async () => {
    const { credential } = await signInAt(auth, (await platform.person()).email)
    const { accessToken } = await exchange(auth, credential)
    expect(await outcome(close(auth, credential))).toBe('done')
    expect(await outcome(exchange(auth, credential))).toBe(cookieRefused)
    const outside = await platform.anonymous.as(accessToken).call(readProfile, {})
    expect(outside.problem.code).toBe('identity.credential_invalid')
    expect(await outcome(close(auth, credential))).toBe('done')
  })

  test('from the list of sessions, by its own person and by nobody else', async () => {
    const [person, stranger] = [await platform.person(), await platform.person()]
    const { credential, sessionId } = await signInAt(auth, person.email)
    const params = { sessionId }
    const tried = await stranger.call(revokeSession, { params })
    expect(tried.problem.code).toBe('user.session_missing')
    expect(await outcome(exchange(auth, credential))).toBe('done')
    expect((await person.call(revokeSession, { params })).status).toBe(204)
    expect(await outcome(exchange(auth, credential))).toBe(cookieRefused)
  })

  test('with all others of the person, in every client', async () => {
    const person = await platform.person()
    const [here, there] = [await signInAt(auth, person.email), await inOffice(person)]
    await person.call(revokeAllSessions, {})
    expect(await outcome(exchange(auth, here.credential))).toBe(cookieRefused)
    expect(await outcome(exchange(backOffice, there.credential))).toBe(cookieRefused)
  })

  test('with a password reset', async () => {
    const person = await platform.person()
    const { credential } = await signInAt(auth, person.email)
    await platform.anonymous.call(requestPasswordReset, { body: { email: person.email } })
    const body = {
      token: await platform.mailedToken(person.email),
      password: 'something else entirely',
    }
    expect((await platform.anonymous.call(resetPassword, { body })).status).toBe(200)
    expect(await outcome(exchange(auth, credential))).toBe(cookieRefused)
  })

  test('with the account', async () => {
    const person = await platform.person()
    const { credential } = await signInAt(auth, person.email)
    await platform.sql.query("update user_service.account set status = 'disabled' where id = $1", [
      person.accountId,
    ])
    expect(await outcome(exchange(auth, credential))).toBe(cookieRefused)
  })

  test('after a day without use, which each use puts off, and after seven days in any case', async () => {
    const person = await platform.person()
    const idle = await signInAt(auth, person.email)
    const busy = await signInAt(auth, person.email)
    for (let hours = 20; hours < 7 * 24; hours += 20) {
      platform.clock.advance(20 * hourMs)
      expect(await outcome(exchange(auth, busy.credential))).toBe('done')
    }
    expect(await outcome(exchange(auth, idle.credential))).toBe(cookieRefused)
    const last = await renew(auth, busy.credential)
    expect(Date.parse(last.expiresAt) - platform.clock.nowMs()).toBeLessThanOrEqual(8 * hourMs)
    platform.clock.advance(8 * hourMs)
    expect(await outcome(renew(auth, busy.credential))).toBe(cookieRefused)
  })
})
