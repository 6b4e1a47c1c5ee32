import { randomBytes } from 'node:crypto'
import { userContract } from '@prognetwork/contracts/user'
import {
  type AnyDefinition,
  connectDirectly,
  createKeyRing,
  createRealTime,
  serviceConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import {
  createLog,
  createSpanRing,
  type SpanRing,
} from '@prognetwork/shared-infrastructure/telemetry'
import type pg from 'pg'
import { inject } from 'vitest'
import { services } from '../../../platform.ts'
import { createTestClient, type TestClient } from './client.ts'
import { createTestDatabase, type TestCluster } from './cluster.ts'

/** A clock that a test moves. */
export interface TestClock {
  nowMs(): number
  advance(ms: number): void
}

/** A person with an account, signed in. */
export interface TestPerson extends TestClient {
  readonly email: string
  readonly password: string
  readonly accountId: string
  readonly refreshToken: string
  readonly sessionId: string
}

/** The whole platform in this process on a database of its own. */
export interface TestPlatform {
  readonly origin: string
  readonly anonymous: TestClient
  readonly clock: TestClock
  readonly spans: SpanRing
  /** Every log line so far. */
  readonly logLines: readonly string[]
  readonly notices: readonly string[]
  /** The superuser, to look behind the doors; never what a test is about. */
  readonly sql: pg.Client
  /** Signs up, verifies and signs in a new person. */
  person(): Promise<TestPerson>
  /** The first operator, made with the set-up link. */
  operator(): Promise<TestPerson>
  /** The token of the newest mail to this address. */
  mailedToken(email: string): Promise<string>
  stop(): Promise<void>
}

export const testPassword = 'a fine and private place'

export async function startTestPlatform(
  options: {
    definitions?: readonly AnyDefinition[]
    cluster?: TestCluster
    /** Keys of a service that differ from their defaults. */
    configuration?: Readonly<Record<string, object>>
  } = {},
): Promise<TestPlatform> {
  const cluster = options.cluster ?? inject('cluster')
  const database = await createTestDatabase(cluster)
  const { user: _user, password: _password, ...server } = cluster.admin
  const clock = createTestClock()
  const spans = createSpanRing(5_000)
  const logLines: string[] = []
  const platform = await startPlatform({
    definitions: options.definitions ?? services,
    configuration: new Map(
      services.map(
        (one) => [one.name, one.config.parse(options.configuration?.[one.name] ?? {})] as const,
      ),
    ),
    connections: serviceConnections({ ...server, database: database.name }, cluster.passwords),
    preparedStatements: true,
    keyRing: createKeyRing([{ id: 'test', key: randomBytes(32) }]),
    log: (service) =>
      createLog({
        service,
        level: 'debug',
        destination: { write: (line) => logLines.push(line) },
      }),
    spans,
    realTime: createRealTime(clock.nowMs),
    publicUrl: 'http://localhost:8000',
    host: '127.0.0.1',
    port: () => 0,
  })
  const address = platform.addresses.get('api-gateway')
  if (!address) throw new Error('the gateway does not listen')
  const origin = `http://${address.host}:${address.port}`
  const anonymous = createTestClient(origin)
  const sql = await connectDirectly({ ...cluster.admin, database: database.name })

  async function mailedToken(email: string): Promise<string> {
    const { rows } = await sql.query(
      'select body from user_service.captured_mail where recipient = $1 order by id desc limit 1',
      [email],
    )
    const token = /#(\S+)/.exec(rows[0]?.body ?? '')?.[1]
    if (!token) throw new Error(`no mail with a link to ${email}`)
    return token
  }

  async function signIn(email: string, accountId: string): Promise<TestPerson> {
    const { status, body } = await anonymous.call(userContract.operations.signIn, {
      body: { email, password: testPassword },
    })
    if (status !== 201) throw new Error(`${email} cannot sign in: ${JSON.stringify(body)}`)
    const { accessToken, refreshToken, sessionId } = body
    return {
      ...anonymous.as(accessToken),
      ...{ email, accountId, refreshToken, sessionId, password: testPassword },
    }
  }

  let operator: Promise<TestPerson> | undefined
  return {
    origin,
    anonymous,
    clock,
    spans,
    logLines,
    notices: platform.notices,
    sql,
    mailedToken,
    async person() {
      const email = `person-${randomBytes(6).toString('hex')}@example.com`
      await anonymous.call(userContract.operations.signUp, {
        body: { email, password: testPassword, displayName: 'A Person' },
      })
      const { body } = await anonymous.call(userContract.operations.verifyEmail, {
        body: { token: await mailedToken(email) },
      })
      return signIn(email, body.accountId)
    },
    operator() {
      operator ??= (async () => {
        const email = 'operator@example.com'
        const token = /#(su_\S+)/.exec(platform.notices.join(' '))?.[1] ?? ''
        const { body } = await anonymous.call(userContract.operations.setUpPlatform, {
          body: { token, email, password: testPassword, displayName: 'Operator' },
        })
        return signIn(email, body.id)
      })()
      return operator
    },
    async stop() {
      await platform.stop()
      await sql.end()
      await database.drop()
    },
  }
}

function createTestClock(): TestClock {
  let offsetMs = 0
  return {
    nowMs: () => Date.now() + offsetMs,
    advance(ms) {
      offsetMs += ms
    },
  }
}
