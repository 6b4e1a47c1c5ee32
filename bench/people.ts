import { userContract } from '@prognetwork/contracts/user'
import { createTestClient, type TestClient, testPassword } from '@prognetwork/testing'
import type { ServerProcess } from './server-process.ts'

const { setUpPlatform, signIn, signUp, verifyEmail, listCapturedMail } = userContract.operations

/** Room for a load from one address. */
export const withoutLimits = {
  API_GATEWAY_CREDENTIAL_PER_MINUTE: '1000000',
  API_GATEWAY_DEFAULT_PER_MINUTE: '1000000',
  EVENT_STREAMING_SERVICE_DEFAULT_PER_MINUTE: '100000000',
} as const

/** The first operator of a fresh platform, signed in. */
export async function makeOperator(server: ServerProcess): Promise<TestClient> {
  const anonymous = createTestClient(server.origin)
  const email = 'operator@example.com'
  const made = await anonymous.call(setUpPlatform, {
    body: { token: server.setUpToken, email, password: testPassword, displayName: 'Operator' },
  })
  if (made.status !== 201) throw new Error(`no operator: ${JSON.stringify(made.body)}`)
  return anonymous.as(await accessToken(anonymous, email))
}

/** Verified accounts, by e-mail. */
export async function makePeople(
  server: ServerProcess,
  operator: TestClient,
  count: number,
): Promise<string[]> {
  const anonymous = createTestClient(server.origin)
  const emails = Array.from({ length: count }, (_, index) => `person-${index}@example.com`)
  for (const email of emails) {
    await anonymous.call(signUp, {
      body: { email, password: testPassword, displayName: 'A Person' },
    })
    const { body } = await operator.call(listCapturedMail, { query: { to: email } })
    const token = /token=(\S+)/.exec(body.items[0]?.text ?? '')?.[1] ?? ''
    const verified = await anonymous.call(verifyEmail, { body: { token, password: testPassword } })
    if (verified.status !== 200) throw new Error(`${email} is not verified`)
  }
  return emails
}

export async function accessToken(anonymous: TestClient, email: string): Promise<string> {
  const { status, body } = await anonymous.call(signIn, { body: { email, password: testPassword } })
  if (status !== 201) throw new Error(`${email} cannot sign in`)
  return body.accessToken
}
