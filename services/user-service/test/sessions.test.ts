import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, testPassword } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  signIn,
  refreshSession,
  signOut,
  listSessions,
  revokeSession,
  revokeAllSessions,
  readProfile,
} = userContract.operations
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

const refresh = (refreshToken: string) =>
  platform.anonymous.call(refreshSession, { body: { refreshToken } })
const signInAs = (email: string, password = testPassword) =>
  platform.anonymous.call(signIn, { body: { email, password } })

describe('refresh', () => {
  test('twenty at once with one token get one successor, and it works', async () => {
    const person = await platform.person()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(person.refreshToken)),
    )
    expect(answers.map((one) => one.status)).toEqual(Array(20).fill(200))
    const successors = new Set(answers.map((one) => one.body.refreshToken))
    expect(successors.size).toBe(1)
    const [successor] = successors
    expect((await refresh(successor ?? '')).status).toBe(200)
    const { rows } = await platform.sql.query(
      'select count(*)::int as count from user_service.refresh_token where session_id = $1',
      [person.sessionId],
    )
    expect(rows[0].count).toBe(3)
  })

  test('a token whose successor was used ends the session, and says so', async () => {
    const person = await platform.person()
    const first = await refresh(person.refreshToken)
    await refresh(first.body.refreshToken)
    expect((await refresh(person.refreshToken)).problem.code).toBe('user.refresh_refused')
    expect((await person.call(readProfile, {})).problem.code).toBe('identity.credential_invalid')
    const { rows } = await platform.sql.query(
      `select type from every_event where data like $1 or key = $2 order by seq`,
      [`%${person.accountId}%refresh_reused%`, person.sessionId],
    )
    expect(rows.map((row) => row.type)).toEqual([
      'session.opened',
      'session.revoked',
      'authentication.failed',
    ])
  })

  test('a token that comes back after the grace ends the session', async () => {
    const person = await platform.person()
    await refresh(person.refreshToken)
    platform.clock.advance(11_000)
    expect((await refresh(person.refreshToken)).status).toBe(401)
    expect((await person.call(readProfile, {})).status).toBe(401)
  })

  test('a token nobody was given, and one of an ended session, are refused alike', async () => {
    const person = await platform.person()
    await person.call(signOut, {})
    const ended = await refresh(person.refreshToken)
    const unknown = await refresh('rt_abcdefghijklmnopqrstuvwxyz')
    const plain = ({ traceId: _, ...rest }: object & { traceId?: string | undefined }) => rest
    expect(plain(ended.problem)).toEqual(plain(unknown.problem))
  })

  test('nothing at rest can be used: neither table holds a token', async () => {
    const person = await platform.person()
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from user_service.refresh_token where encode(hash, 'escape') like '%' || $1 || '%'`,
      [person.refreshToken],
    )
    expect(rows[0].count).toBe(0)
  })
})

describe('sessions', () => {
  test('are listed with device and place and without secrets', async () => {
    const person = await platform.person()
    await signInAs(person.email)
    const { body } = await person.call(listSessions, {})
    expect(body.items).toHaveLength(2)
    expect(body.items.filter((one) => one.current)).toEqual([
      expect.objectContaining({ id: person.sessionId, methods: ['pwd'], address: '127.0.0.1' }),
    ])
    expect(JSON.stringify(body)).not.toMatch(/rt_|eyJ|hash/)
  })

  test('can be ended one by one; the token of an ended one is worth nothing at once', async () => {
    const person = await platform.person()
    const other = (await signInAs(person.email)).body
    const ended = await person.call(revokeSession, { params: { sessionId: other.sessionId } })
    expect(ended.status).toBe(204)
    const withOther = platform.anonymous.as(other.accessToken)
    expect((await withOther.call(readProfile, {})).status).toBe(401)
    expect((await person.call(readProfile, {})).status).toBe(200)
    const again = await person.call(revokeSession, { params: { sessionId: other.sessionId } })
    expect(again.problem.code).toBe('user.session_missing')
  })

  test("of somebody else cannot be ended, and are not told from ones that don't exist", async () => {
    const [person, stranger] = [await platform.person(), await platform.person()]
    const tried = await stranger.call(revokeSession, { params: { sessionId: person.sessionId } })
    expect(tried.problem.code).toBe('user.session_missing')
    expect((await person.call(readProfile, {})).status).toBe(200)
  })

  test('end all together', async () => {
    const person = await platform.person()
    const other = (await signInAs(person.email)).body
    expect((await person.call(revokeAllSessions, {})).status).toBe(204)
    expect((await person.call(readProfile, {})).status).toBe(401)
    expect((await platform.anonymous.as(other.accessToken).call(readProfile, {})).status).toBe(401)
    expect((await refresh(other.refreshToken)).status).toBe(401)
  })

  test('end by themselves after seven days, however busy', async () => {
    const person = await platform.person()
    let { refreshToken } = person
    for (let day = 1; day <= 6; day++) {
      platform.clock.advance(24 * 3_600_000)
      const { status, body } = await refresh(refreshToken)
      expect(status).toBe(200)
      refreshToken = body.refreshToken
    }
    platform.clock.advance(24 * 3_600_000)
    expect((await refresh(refreshToken)).status).toBe(401)
  })
})

describe('access tokens', () => {
  const forge = (token: string, header: object, payload: object) => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const [oldHeader = '', oldPayload = '', signature = ''] = token.split('.')
    const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    const parts = [
      encode({ ...parse(oldHeader), ...header }),
      encode({ ...parse(oldPayload), ...payload }),
    ]
    return [...parts, signature].join('.')
  }
  const attacks: readonly [string, object, object][] = [
    ['alg none', { alg: 'none' }, {}],
    ['alg HS256', { alg: 'HS256' }, {}],
    ['another type', { typ: 'JWT' }, {}],
    ['a key of its own', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }, {}],
    ['a key address', { jku: 'http://127.0.0.1:9/keys' }, {}],
    ['an unknown key', { kid: 'unknown' }, {}],
    ['a critical extension', { crit: ['exp'] }, {}],
    ['another subject', {}, { sub: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' }],
    ['a later end', {}, { exp: 4_000_000_000 }],
    ['another audience', {}, { aud: 'elsewhere' }],
  ]
  test.each(attacks)('with %s are refused', async (_, header, payload) => {
    const person = await platform.person()
    const { body } = await refresh(person.refreshToken)
    const forged = platform.anonymous.as(forge(body.accessToken, header, payload))
    expect((await forged.call(readProfile, {})).problem.code).toBe('identity.credential_invalid')
  })

  test('expire after half an hour', async () => {
    const person = await platform.person()
    platform.clock.advance(1_801_000)
    expect((await person.call(readProfile, {})).problem.code).toBe('identity.credential_invalid')
  })

  test('without a signature, or what is no token at all, are refused', async () => {
    const person = await platform.person()
    const { body } = await refresh(person.refreshToken)
    const unsigned = body.accessToken.split('.').slice(0, 2).join('.')
    for (const token of [`${unsigned}.`, unsigned, 'x', 'a.b.c'])
      expect((await platform.anonymous.as(token).call(readProfile, {})).status).toBe(401)
    const basic = await platform.anonymous.raw('GET', '/api/v1/me', {
      headers: { authorization: 'Basic YTpi' },
    })
    expect(basic.problem.code).toBe('identity.credential_invalid')
  })
})
