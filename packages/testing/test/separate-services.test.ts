import { userContract } from '@prognetwork/contracts/user'
import { type SeparatePlatform, startSeparatePlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { readProfile, readKeySet } = userContract.operations
let platform: SeparatePlatform

beforeAll(async () => {
  platform = await startSeparatePlatform()
})
afterAll(() => platform?.stop())

test('a service that is down is a 503 with Retry-After, and all is well when it is back', async () => {
  const person = await platform.person()
  await platform.kill('user-service')
  for (let count = 0; count < 8; count++) {
    const answer = await person.call(readProfile, {})
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
  }
  expect((await platform.anonymous.call(readKeySet, {})).status).toBe(503)
  await platform.start('user-service')
  await expect
    .poll(async () => (await person.call(readProfile, {})).status, { timeout: 10_000 })
    .toBe(200)
})
