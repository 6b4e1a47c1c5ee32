import { randomBytes } from 'node:crypto'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import type pg from 'pg'
import type { Answer, TestClient } from './client.ts'

/** A person with an account, signed in. */
export interface TestPerson extends TestClient {
  readonly email: string
  readonly password: string
  readonly accountId: string
  readonly refreshToken: string
  readonly sessionId: string
}

/** A tenant that is ready, its owner at work in it, and somebody who only looks in. */
export interface TestShop {
  readonly id: string
  readonly slug: string
  readonly owner: TestPerson
  readonly staff: TestClient
  readonly shopper: TestClient
}

/** The people of one platform under test. */
export interface People {
  /** A new tenant, provisioned. */
  shop(settings?: { readonly currency?: string }): Promise<TestShop>
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
  const { signUp, verifyEmail, setUpPlatform, signIn, openTenantSession } = userContract.operations
  const { createTenant, readTenant } = tenantContract.operations

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

  /** Provisioning goes on after the tenant was answered, and lets its owner in before it ends. */
  async function actFor(owner: TestPerson, tenantId: string): Promise<TestClient> {
    const entered = await until(
      () => owner.call(openTenantSession, { body: { tenantId } }),
      ({ status }) => status === 201,
    )
    const acting = anonymous.as(entered.body.accessToken)
    await until(
      () => acting.call(readTenant, {}),
      ({ body }) => body.status === 'active',
    )
    return acting
  }

  async function mailedToken(email: string): Promise<string> {
    const { rows } = await sql.query(
      'select body from user_service.captured_mail where recipient = $1 order by id desc limit 1',
      [email],
    )
    const token = /token=(\S+)/.exec(rows[0]?.body ?? '')?.[1]
    if (!token) throw new Error(`no mail with a link to ${email}`)
    return token
  }

  let first: Promise<TestPerson> | undefined
  return {
    mailedToken,
    async shop({ currency = 'EUR' } = {}) {
      const owner = await this.person()
      const slug = `shop-${randomBytes(6).toString('hex')}`
      const created = await owner.call(createTenant, { body: { name: 'A Shop', slug, currency } })
      if (created.status !== 201) throw new Error(JSON.stringify(created.body))
      const { id } = created.body
      const staff = await actFor(owner, id)
      return { id, slug, owner, staff, shopper: anonymous.at(slug) }
    },
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
        const token = /token=(su_\S+)/.exec(notices.join(' '))?.[1] ?? ''
        const { body } = await anonymous.call(setUpPlatform, {
          body: { token, email, password: testPassword, displayName: 'Operator' },
        })
        return enter(email, body.id)
      })()
      return first
    },
  }
}

/** Asks until the answer is the wanted one; five seconds are given for it. */
async function until<T>(
  ask: () => Promise<Answer<T>>,
  isWanted: (answer: Answer<T>) => boolean,
): Promise<Answer<T>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask()
    if (isWanted(answer)) return answer
    if (attempt === 200) throw new Error(`it is not ready: ${JSON.stringify(answer.body)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
