import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterEach, expect, test } from 'vitest'

const { readKeySet, readProfile, refreshSession } = userContract.operations
let platform: TestPlatform | undefined

async function start(configuration: object): Promise<TestPlatform> {
  platform = await startTestPlatform({ configuration: { 'api-gateway': configuration } })
  return platform
}
afterEach(async () => {
  await platform?.stop()
  platform = undefined
})

const from = (address: string) => ({ 'x-forwarded-for': address })
const wrongToken = { body: { refreshToken: 'rt_that_nobody_was_ever_given_out' } }

test('an address may ask as often as its bucket says, then waits and is told how long', async () => {
  const { anonymous } = await start({ defaultPerMinute: 5 })
  for (let left = 4; left >= 0; left--) {
    const { status, headers } = await anonymous.call(readKeySet, {})
    expect(status).toBe(200)
    expect(headers.ratelimit).toMatch(new RegExp(`^"default";r=${left};t=\\d+$`))
    expect(headers['ratelimit-policy']).toBe('"default";q=5;w=60')
  }
  const refused = await anonymous.call(readKeySet, {})
  expect(refused.problem.code).toBe('request.rate_limited')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(12)
  expect(refused.headers.ratelimit).toMatch(/^"default";r=0;t=\d+$/)
})

test('tokens come back with time', async () => {
  const { anonymous } = await start({ defaultPerMinute: 60 })
  const answers = await Promise.all(
    Array.from({ length: 70 }, () => anonymous.call(readKeySet, {})),
  )
  expect(answers.map((one) => one.status)).toContain(429)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  expect((await anonymous.call(readKeySet, {})).status).toBe(200)
})

test('people behind one address do not use up each other, and one person has one bucket', async () => {
  const { anonymous, person } = await start({ defaultPerMinute: 3 })
  const [ada, bob] = [await person(), await person()]
  for (let count = 0; count < 3; count++) expect((await ada.call(readProfile, {})).status).toBe(200)
  expect((await ada.call(readProfile, {})).status).toBe(429)
  expect((await bob.call(readProfile, {})).status).toBe(200)
  expect((await anonymous.call(readKeySet, {})).status).toBe(200)
})

test('sign-in and the like count by address, whoever asks, in a bucket of their own', async () => {
  const { anonymous } = await start({ credentialPerMinute: 3 })
  for (let count = 0; count < 3; count++) {
    const answer = await anonymous.call(refreshSession, wrongToken)
    expect(answer.status).toBe(401)
    expect(answer.headers['ratelimit-policy']).toBe('"credential";q=3;w=60')
  }
  expect((await anonymous.call(refreshSession, wrongToken)).status).toBe(429)
  expect((await anonymous.call(readKeySet, {})).status).toBe(200)
})

test('an address that shows bad credentials is refused before they are looked at', async () => {
  const { anonymous, person } = await start({ credentialPerMinute: 5 })
  const ada = await person()
  const stranger = anonymous.as('not-a-token')
  const statuses: number[] = []
  for (let count = 0; count < 7; count++)
    statuses.push((await stranger.call(readProfile, {})).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect((await ada.call(readProfile, {})).status).toBe(429)
})

test('addresses that nothing answers at cost too', async () => {
  const { anonymous } = await start({ defaultPerMinute: 2 })
  const statuses: number[] = []
  for (let count = 0; count < 3; count++)
    statuses.push((await anonymous.raw('GET', `/scan-${count}`)).status)
  expect(statuses).toEqual([404, 404, 429])
})

test('health is told however often it is asked', async () => {
  const { anonymous } = await start({ defaultPerMinute: 1 })
  for (let count = 0; count < 5; count++)
    expect((await anonymous.raw('GET', '/health')).status).toBe(200)
})

test('an address that a client makes up changes nothing', async () => {
  const { anonymous } = await start({ defaultPerMinute: 2 })
  const statuses: number[] = []
  for (let count = 0; count < 4; count++)
    statuses.push((await anonymous.call(readKeySet, {}, from(`192.0.2.${count}`))).status)
  expect(statuses).toEqual([200, 200, 429, 429])
})

test('behind a trusted proxy each client has its bucket, and a made-up hop before it has none', async () => {
  const { anonymous } = await start({ defaultPerMinute: 1, trustedProxies: '127.0.0.0/8' })
  const ask = async (forwarded: string) =>
    (await anonymous.call(readKeySet, {}, from(forwarded))).status
  expect(await ask('192.0.2.1')).toBe(200)
  expect(await ask('192.0.2.1')).toBe(429)
  expect(await ask('192.0.2.2')).toBe(200)
  expect(await ask('203.0.113.9, 192.0.2.2')).toBe(429)
})

test('all addresses of one IPv6 network share a bucket', async () => {
  const { anonymous } = await start({ defaultPerMinute: 1, trustedProxies: '127.0.0.1' })
  const ask = async (forwarded: string) =>
    (await anonymous.call(readKeySet, {}, from(forwarded))).status
  expect(await ask('2001:db8:1:2::1')).toBe(200)
  expect(await ask('2001:db8:1:2:ffff::9')).toBe(429)
  expect(await ask('2001:db8:1:3::1')).toBe(200)
})

test('a proxy network that cannot be read stops the start', async () => {
  await expect(start({ trustedProxies: '10.0.0.0/99' })).rejects.toThrow(/10\.0\.0\.0\/99/)
})
