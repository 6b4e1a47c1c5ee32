import { userContract } from '@prognetwork/contracts/user'
import { services, startTestPlatform, type TestPlatform, testPassword } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { signUp, verifyEmail, signIn, readProfile } = userContract.operations
let platform: TestPlatform

beforeAll(async () => {
  // Without the event writer, so that what a transaction wrote can be looked at where it was put.
  // A service that keeps what it hears would wait for it; the gateway does not, and asks instead.
  const present = ['api-gateway', 'user-service', 'tenant-service']
  const definitions = services.filter((one) => present.includes(one.name))
  platform = await startTestPlatform({ definitions })
})
afterAll(() => platform?.stop())

const newcomer = (email: string) => ({
  body: { email, password: testPassword, displayName: 'Ada Lovelace' },
})

test('a sign-up writes the account, its event, its audit row and its mail together', async () => {
  const answer = await platform.anonymous.call(signUp, newcomer('ada@example.com'))
  expect(answer.status).toBe(202)
  const { rows } = await platform.sql.query(`
    select a.xmin = o.xmin and a.xmin = u.xmin and a.xmin = m.xmin as together, o.type, o.data, u.trace_id = split_part(o.traceparent, '-', 2) as traced
    from user_service.account a
    join user_service.outbox o on o.key = a.id::text
    join user_service.audit u on u.subject = a.id::text
    join user_service.captured_mail m on m.recipient = a.email
    where a.email = 'ada@example.com'`)
  expect(rows).toEqual([
    expect.objectContaining({ together: true, type: 'user.created', traced: true }),
  ])
  expect(JSON.parse(rows[0].data)).toEqual({
    userId: expect.any(String),
    email: expect.stringMatching(/^enc:v1:/),
  })
})

test('an unverified account cannot sign in, a verified one can', async () => {
  const email = 'verify@example.com'
  const attempt = () => platform.anonymous.call(signIn, { body: { email, password: testPassword } })
  await platform.anonymous.call(signUp, newcomer(email))
  expect((await attempt()).problem.code).toBe('user.credentials_wrong')
  const token = await platform.mailedToken(email)
  const verified = await platform.anonymous.call(verifyEmail, {
    body: { token, password: testPassword },
  })
  expect(verified.body).toEqual({ accountId: expect.any(String), email })
  const { status, body } = await attempt()
  expect(status).toBe(201)
  const me = await platform.anonymous.as(body.accessToken).call(readProfile, {})
  expect(me.body).toMatchObject({ email, emailVerified: true, displayName: 'Ada Lovelace' })
})
