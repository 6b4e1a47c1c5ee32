import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPerson, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { changeProfile } = userContract.operations
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

const change = (person: TestPerson, displayName: string, key?: string) =>
  person.call(
    changeProfile,
    { body: { displayName } },
    key === undefined ? {} : { 'idempotency-key': key },
  )

async function effects(person: TestPerson): Promise<number> {
  const { rows } = await platform.sql.query(
    `select count(*)::int as count from every_event where type = 'user.updated' and key = $1`,
    [person.accountId],
  )
  return rows[0].count
}

test('a second request with the same key gets the first answer and has no effect', async () => {
  const person = await platform.person()
  const first = await change(person, 'First', 'key-1')
  platform.clock.advance(60_000)
  const second = await change(person, 'First', '"key-1"')
  expect([second.status, second.body]).toEqual([first.status, first.body])
  expect(await effects(person)).toBe(1)
})

test('another request under a used key is refused', async () => {
  const person = await platform.person()
  await change(person, 'First', 'key-1')
  const other = await change(person, 'Second', 'key-1')
  expect(other.problem.code).toBe('idempotency.body_mismatch')
  expect(await effects(person)).toBe(1)
})

test('ten at once with one key have one effect, and none is told anything else', async () => {
  const person = await platform.person()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => change(person, 'Raced', 'key-1')),
  )
  expect(await effects(person)).toBe(1)
  const told = answers.filter((one) => one.status === 200)
  expect(new Set(told.map((one) => JSON.stringify(one.body))).size).toBe(1)
  for (const answer of answers)
    if (answer.status !== 200) expect(answer.problem.code).toBe('idempotency.in_flight')
})

test('while the first is under way the second is told so at once, not after it', async () => {
  const person = await platform.person()
  await platform.sql.query('begin')
  try {
    await platform.sql.query('select from user_service.account where id = $1 for update', [
      person.accountId,
    ])
    const first = change(person, 'Slow', 'key-1')
    await new Promise((resolve) => setTimeout(resolve, 150))
    const second = await change(person, 'Slow', 'key-1')
    expect(second.problem.code).toBe('idempotency.in_flight')
    await platform.sql.query('commit')
    expect((await first).status).toBe(200)
    expect((await change(person, 'Slow', 'key-1')).status).toBe(200)
  } finally {
    await platform.sql.query('rollback')
  }
})

test('the same key of two people is two keys', async () => {
  const [one, other] = [await platform.person(), await platform.person()]
  await change(one, 'One', 'key-1')
  expect((await change(other, 'Other', 'key-1')).body.displayName).toBe('Other')
})

test('a request that was refused may be made again under its key', async () => {
  const person = await platform.person()
  const refused = await person.call(
    changeProfile,
    { body: { timezone: 'Nowhere/Land' } },
    { 'idempotency-key': 'key-1' },
  )
  expect(refused.problem.code).toBe('user.timezone_unknown')
  expect((await change(person, 'Now', 'key-1')).status).toBe(200)
})

test.each([' ', 'é', 'x'.repeat(256)])('a key like %j is refused', async (key) => {
  const person = await platform.person()
  const answer = await person.raw('PATCH', '/api/v1/me', {
    body: '{}',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': Buffer.from(key).toString('latin1'),
    },
  })
  expect(answer.problem.code).toBe('idempotency.key_invalid')
})
