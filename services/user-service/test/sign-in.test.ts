import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, testPassword } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  setUpPlatform,
  signIn,
  signUp,
  verifyEmail,
  requestPasswordReset,
  resetPassword,
  readProfile,
} = userContract.operations
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

const attempt = (email: string, password: string) =>
  platform.anonymous.call(signIn, { body: { email, password } })
const withoutTrace = ({ traceId: _, ...rest }: object & { traceId?: string | undefined }) => rest

describe('sign-in', () => {
  test('an unknown address and a wrong password get the same answer and one audit row each', async () => {
    const person = await platform.person()
    const wrong = await attempt(person.email, 'not the password')
    const unknown = await attempt('nobody@example.com', 'not the password')
    expect(withoutTrace(wrong.problem)).toEqual(withoutTrace(unknown.problem))
    expect(wrong.status).toBe(401)
    const { rows } = await platform.sql.query(
      `select trace_id from user_service.audit where outcome = 'failure' and trace_id = any ($1)`,
      [[wrong.problem.traceId, unknown.problem.traceId]],
    )
    expect(rows).toHaveLength(2)
  })

  test('the address is the same in any case, the password is not', async () => {
    const person = await platform.person()
    expect((await attempt(person.email.toUpperCase(), testPassword)).status).toBe(201)
    expect((await attempt(person.email, testPassword.toUpperCase())).status).toBe(401)
  })

  test('a password is the same however its characters were composed', async () => {
    const email = 'composed@example.com'
    const password = 'Stra\u00dfe caf\u00e9 \u00c5'
    await platform.anonymous.call(signUp, { body: { email, password, displayName: 'C' } })
    await platform.anonymous.call(verifyEmail, {
      body: { token: await platform.mailedToken(email), password },
    })
    expect((await attempt(email, password.normalize('NFD'))).status).toBe(201)
  })

  test('after five failures from one place the sixth has to wait, right or wrong', async () => {
    const person = await platform.person()
    for (let count = 0; count < 5; count++)
      expect((await attempt(person.email, 'wrong')).status).toBe(401)
    const blocked = await attempt(person.email, person.password)
    expect(blocked.problem.code).toBe('user.too_many_attempts')
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0)
    platform.clock.advance(2_000)
    expect((await attempt(person.email, person.password)).status).toBe(201)
  })

  test('guesses sent all at once are counted like guesses sent in a row', async () => {
    const person = await platform.person()
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => attempt(person.email, 'wrong')),
    )
    const tried = answers.filter((one) => one.status === 401)
    expect(tried.length).toBeLessThanOrEqual(5)
    expect(answers.filter((one) => one.status === 429).length).toBe(30 - tried.length)
  })

  test('an unknown address is limited just the same', async () => {
    const email = 'unknown@example.com'
    for (let count = 0; count < 5; count++) await attempt(email, 'wrong')
    expect((await attempt(email, 'wrong')).problem.code).toBe('user.too_many_attempts')
  })
})

describe('password reset', () => {
  const ask = (email: string) => platform.anonymous.call(requestPasswordReset, { body: { email } })
  const reset = (token: string, password: string) =>
    platform.anonymous.call(resetPassword, { body: { token, password } })

  test('answers the same for an address nobody has', async () => {
    const person = await platform.person()
    const [known, unknown] = [await ask(person.email), await ask('nobody@example.com')]
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
  })

  test('sets the password, ends every session and works once, also when raced', async () => {
    const person = await platform.person()
    await ask(person.email)
    const token = await platform.mailedToken(person.email)
    const raced = await Promise.all(
      ['a new fine place', 'another fine place', 'a third fine place'].map((one) =>
        reset(token, one),
      ),
    )
    expect(raced.map((one) => one.status).sort()).toEqual([200, 410, 410])
    expect((await person.call(readProfile, {})).status).toBe(401)
    expect((await attempt(person.email, person.password)).status).toBe(401)
    expect((await reset(token, 'a fourth fine place')).problem.code).toBe('user.token_invalid')
  })

  test('lets the owner in again whom failed sign-ins had shut out', async () => {
    const person = await platform.person()
    for (let count = 0; count < 6; count++) await attempt(person.email, 'wrong')
    expect((await attempt(person.email, person.password)).status).toBe(429)
    await ask(person.email)
    await reset(await platform.mailedToken(person.email), 'a new fine place')
    expect((await attempt(person.email, 'a new fine place')).status).toBe(201)
  })

  test('a link ends after half an hour, and when a newer one is asked for', async () => {
    const person = await platform.person()
    await ask(person.email)
    const older = await platform.mailedToken(person.email)
    await ask(person.email)
    expect((await reset(older, 'a new fine place')).status).toBe(410)
    const newer = await platform.mailedToken(person.email)
    platform.clock.advance(31 * 60_000)
    expect((await reset(newer, 'a new fine place')).status).toBe(410)
  })

  test('a link of another purpose does not do', async () => {
    const email = 'purpose@example.com'
    await platform.anonymous.call(signUp, {
      body: { email, password: testPassword, displayName: 'P' },
    })
    const token = await platform.mailedToken(email)
    expect((await reset(token, 'a new fine place')).status).toBe(410)
    expect(
      (await platform.anonymous.call(verifyEmail, { body: { token, password: testPassword } }))
        .status,
    ).toBe(200)
  })

  test('a password from the lists of leaks is refused when the account is made', async () => {
    const refused = await platform.anonymous.call(signUp, {
      body: { email: 'leaked@example.com', password: 'password123', displayName: 'L' },
    })
    expect(refused.problem.code).toBe('user.password_breached')
  })

  test('a password from the lists of leaks is refused, and the link still works', async () => {
    const person = await platform.person()
    await ask(person.email)
    const token = await platform.mailedToken(person.email)
    expect((await reset(token, 'password123')).problem.code).toBe('user.password_breached')
    expect((await reset(token, 'a new fine place')).status).toBe(200)
  })
})

describe('sign-up', () => {
  const up = (email: string, password = testPassword, displayName = 'Someone') =>
    platform.anonymous.call(signUp, { body: { email, password, displayName } })

  test('answers the same for a new address and for one that has an account', async () => {
    const person = await platform.person()
    const [known, fresh] = [await up(person.email), await up('fresh@example.com')]
    expect([known.status, known.body]).toEqual([fresh.status, fresh.body])
    expect((await attempt(person.email, person.password)).status).toBe(201)
  })

  test('twice at once makes one account', async () => {
    const email = 'twice@example.com'
    const answers = await Promise.all(Array.from({ length: 5 }, () => up(email)))
    expect(answers.map((one) => one.status)).toEqual(Array(5).fill(202))
    const { rows } = await platform.sql.query(
      'select count(*)::int as count from user_service.account where email = $1',
      [email],
    )
    expect(rows[0].count).toBe(1)
  })

  const verify = (token: string, password: string) =>
    platform.anonymous.call(verifyEmail, { body: { token, password } })

  test.each([
    ['first', 0],
    ['last', 1],
  ])('by a stranger %s leaves them no way in, and the owner theirs', async (_, ownerIndex) => {
    const email = `victim-${ownerIndex}@example.com`
    const passwords = ['the password of a stranger', testPassword]
    if (ownerIndex === 0) passwords.reverse()
    const tokens: string[] = []
    for (const password of passwords) {
      await up(email, password)
      tokens.push(await platform.mailedToken(email))
    }
    const [ownersToken = '', strangersToken = ''] = ownerIndex === 0 ? tokens : tokens.reverse()
    expect((await verify(strangersToken, testPassword)).problem.code).toBe('user.password_wrong')
    expect((await verify(ownersToken, testPassword)).status).toBe(200)
    expect((await verify(strangersToken, 'the password of a stranger')).status).toBe(410)
    expect((await attempt(email, 'the password of a stranger')).status).toBe(401)
    expect((await attempt(email, testPassword)).status).toBe(201)
  })

  test('before the set-up of the platform leaves no way into the operator', async () => {
    const fresh = await startTestPlatform()
    try {
      const email = 'operator@example.com'
      const stranger = 'the password of a stranger'
      await fresh.anonymous.call(signUp, { body: { email, password: stranger, displayName: 'S' } })
      const token = await fresh.mailedToken(email)
      const link = /token=(su_\S+)/.exec(fresh.notices.join(' '))?.[1] ?? ''
      const leaked = await fresh.anonymous.call(setUpPlatform, {
        body: { token: link, email, password: 'password123', displayName: 'Operator' },
      })
      expect(leaked.problem.code).toBe('user.password_breached')
      await fresh.operator()
      const late = await fresh.anonymous.call(verifyEmail, { body: { token, password: stranger } })
      expect(late.status).toBe(410)
      const tried = await fresh.anonymous.call(signIn, { body: { email, password: stranger } })
      expect(tried.status).toBe(401)
    } finally {
      await fresh.stop()
    }
  })
})
