import { createHash, randomBytes } from 'node:crypto'
import { platformTenantId, webClients } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BlackBox,
  createWebClients,
  startSeparatePlatform,
  startTestPlatform,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../../platform.ts'

// What the servers of the web clients rely on, in both ways in which the platform runs: in one
// process with it, and beside it, where each call goes over the network under the client's key.

const {
  closeBrowserSession,
  createSignInCode,
  exchangeBrowserSession,
  openBrowserSession,
  readProfile,
  redeemSignInCode,
} = userContract.operations

type Clients = ReturnType<typeof createWebClients>
const modes: readonly [string, (clients: Clients) => Promise<BlackBox>][] = [
  [
    'all services in one process',
    ({ definitions }) => startTestPlatform({ definitions: [...services, ...definitions] }),
  ],
  ['one service per process', ({ definitions }) => startSeparatePlatform(definitions)],
]

describe.each(modes)('%s', (_, start) => {
  let platform: BlackBox
  let clients: Clients

  beforeAll(async () => {
    clients = createWebClients(webClients)
    platform = await start(clients)
  })
  afterAll(() => platform?.stop())

  const at = (client: string) => clients.at(client, platformTenantId)

  async function signedIn() {
    const { email } = await platform.person()
    const body = { email, password: testPassword, userAgent: 'Firefox' }
    return { email, ...(await at('auth-client').call(openBrowserSession, { body })) }
  }

  async function codeFor(credential: string) {
    const codeVerifier = randomBytes(32).toString('base64url')
    const { code, returnOrigin } = await at('auth-client').call(createSignInCode, {
      body: {
        credential,
        client: 'admin-client',
        returnOrigin: 'http://localhost:3000',
        codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        codeChallengeMethod: 'S256',
      },
    })
    return { code, codeVerifier, returnOrigin }
  }

  test('a cookie becomes the principal that its client calls with, until it is closed', async () => {
    const { credential, accountId, email } = await signedIn()
    const auth = at('auth-client')
    const principal = await auth.identify(credential)
    expect(principal).toMatchObject({ kind: 'user', subject: accountId })
    expect(await auth.as(principal).call(readProfile, {})).toMatchObject({ email })
    await auth.call(closeBrowserSession, { body: { credential } })
    await expect(auth.identify(credential)).rejects.toMatchObject({
      code: 'user.browser_session_refused',
    })
  })

  test('the token of an exchange is good at the gateway while the session holds', async () => {
    const { credential, email } = await signedIn()
    const auth = at('auth-client')
    const { accessToken } = await auth.call(exchangeBrowserSession, { body: { credential } })
    const outside = platform.anonymous.as(accessToken)
    expect((await outside.call(readProfile, {})).body.email).toBe(email)
    await auth.call(closeBrowserSession, { body: { credential } })
    // A gateway in a process of its own has to hear of it first.
    await expect.poll(async () => (await outside.call(readProfile, {})).status).toBe(401)
  })

  test('a cookie of one client is nobody at another', async () => {
    const { credential } = await signedIn()
    for (const client of ['admin-client', 'marketing-client', 'storefront-client'])
      await expect(at(client).identify(credential)).rejects.toMatchObject({
        code: 'user.browser_session_refused',
      })
  })

  test('of twenty who redeem one code at once, one gets a session of the other client', async () => {
    const { credential, accountId } = await signedIn()
    const office = at('admin-client')
    const once = await office.call(redeemSignInCode, { body: await codeFor(credential) })
    expect(await office.identify(once.credential)).toMatchObject({ subject: accountId })
    const body = await codeFor(credential)
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => office.call(redeemSignInCode, { body })),
    )
    const given = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(given).toHaveLength(1)
    for (const one of answers)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'user.code_refused' })
    // Nineteen others came with the same code, so it has leaked: what it gave is over.
    await expect(office.identify(given[0]?.credential ?? '')).rejects.toMatchObject({
      code: 'user.browser_session_refused',
    })
  })
})
