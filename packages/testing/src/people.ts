import { randomBytes } from 'node:crypto'
import { userContract } from '@prognetwork/contracts/user'
import type pg from 'pg'
import type { TestClient } from './client.ts'

/** A person with an account, signed in. */
export interface TestPerson extends TestClient {
  readonly email: string
  readonly password: string
  readonly accountId: string
  readonly refreshToken: string
  readonly sessionId: string
}

/** The people of one platform under test. */
export interface People {
  /** Signs up, verifies and signs in a new person. */
  person(): Promise<TestPerson>
  /** The first operator, made with the set-up link. */
  operator(): Promise<TestPerson>
  /** The token of the newest mail to this address. */
  mailedToken(email: string): Promise<string>
}

export const testPassword = 'a fine and private place'

export function createPeople(
  anonymous: TestClient,
  sql: pg.Client,
  notices: readonly string[],
): People {
  const { signUp, verifyEmail, setUpPlatform, signIn } = userContract.operations

  async function enter(email: string, accountId: string): Promise<TestPerson> {
    const { status, body } = await anonymous.call(signIn, {
      body: { email, password: testPassword },
    })
    if (status !== 201) throw new Error(`${email} cannot sign in: ${JSON.stringify(body)}`)
    const { accessToken, refreshToken, sessionId } = body
    return {
      ...anonymous.as(accessToken),
      ...{ email, accountId, refreshToken, sessionId, password: testPassword },
    }
  }

  async function mailedToken(email: string): Promise<string> {
    const { rows } = await sql.query(
      'select body from user_service.captured_mail where recipient = $1 order by id desc limit 1',
      [email],
    )
    const token = /#(\S+)/.exec(rows[0]?.body ?? '')?.[1]
    if (!token) throw new Error(`no mail with a link to ${email}`)
    return token
  }

  let first: Promise<TestPerson> | undefined
  return {
    mailedToken,
    async person() {
      const email = `person-${randomBytes(6).toString('hex')}@example.com`
      await anonymous.call(signUp, {
        body: { email, password: testPassword, displayName: 'A Person' },
      })
      const { body } = await anonymous.call(verifyEmail, {
        body: { token: await mailedToken(email), password: testPassword },
      })
      return enter(email, body.accountId)
    },
    operator() {
      first ??= (async () => {
        const email = 'operator@example.com'
        const token = /#(su_\S+)/.exec(notices.join(' '))?.[1] ?? ''
        const { body } = await anonymous.call(setUpPlatform, {
          body: { token, email, password: testPassword, displayName: 'Operator' },
        })
        return enter(email, body.id)
      })()
      return first
    },
  }
}
