import type { CallInput } from '@prognetwork/contracts'
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { listLogLines } = monitoringContract.operations
const { listRoles } = userContract.operations

let platform: TestPlatform
let shop: TestShop
let other: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  other = await platform.shop()
})
afterAll(() => platform?.stop())

type Query = NonNullable<CallInput<typeof listLogLines>['query']>

async function found(query: Query, by = shop): Promise<string[]> {
  await platform.telemetry.flush()
  const { status, body } = await by.staff.call(listLogLines, { query })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.items.map((one) => one.sentence)
}

/** A line about a tenant, as a service writes it. */
function say(
  sentence: string,
  fields: object = {},
  level: 'debug' | 'info' | 'warn' | 'error' = 'info',
  tenantId = shop.id,
): void {
  platform.logOf('order-service')[level]({ tenantId, ...fields }, sentence)
}

describe('log lines', () => {
  test('are found by words of the sentence and of fields, newest first', async () => {
    say('The parcel left for Reykjavik')
    say('The parcel arrived', { place: 'Reykjavik harbour' })
    say('The parcel was opened')
    const both = ['The parcel arrived', 'The parcel left for Reykjavik']
    expect(await found({ words: 'reykjavik' })).toEqual(both)
    expect(await found({ words: 'parcel reykjavik -harbour' })).toEqual([both[1]])
    expect(await found({ words: '"reykjavik harbour"' })).toEqual([both[0]])
    expect(await found({ words: 'opened or harbour' })).toEqual([
      'The parcel was opened',
      'The parcel arrived',
    ])
    expect(await found({ words: 'vladivostok' })).toEqual([])
  })

  test('are found by level, service and time', async () => {
    say('A shelf is empty', {}, 'warn')
    say('A shelf fell down', {}, 'error')
    expect(await found({ words: 'shelf', level: 'error' })).toEqual(['A shelf fell down'])
    expect(await found({ level: 'warn', service: 'order-service' })).toEqual([
      'A shelf fell down',
      'A shelf is empty',
    ])
    expect(await found({ words: 'shelf', service: 'user-service' })).toEqual([])
    expect(await found({ words: 'shelf', to: '2026-01-01T00:00:00.000Z' })).toEqual([])
    expect(await found({ words: 'shelf', from: '2026-01-01T00:00:00.000Z' })).toHaveLength(2)
  })

  test('of a request are found by its trace, the operation’s own among them', async () => {
    const { headers } = await shop.staff.call(listRoles, {})
    const traceId = String(headers['prog-trace-id'])
    say('Roles were listed', { traceId })
    expect(await found({ traceId })).toEqual(
      expect.arrayContaining(['Request', 'Roles were listed']),
    )
    expect(await found({ traceId }, other)).toEqual([])
  })

  test('are not shown to another tenant, by whatever words', async () => {
    say('Somebody paid with pebbles')
    expect(await found({ words: 'pebbles' })).toEqual(['Somebody paid with pebbles'])
    expect(await found({ words: 'pebbles' }, other)).toEqual([])
    expect(await found({ words: '-nothing', limit: 100 }, other)).not.toContain(
      'Somebody paid with pebbles',
    )
  })

  test('without a tenant are shown to operators of the platform alone', async () => {
    platform.logOf('order-service').warn({}, 'The moon is in the way')
    await platform.telemetry.flush()
    const operator = await platform.operator()
    const { body } = await operator.call(listLogLines, { query: { words: 'moon' } })
    expect(body.items).toMatchObject([{ sentence: 'The moon is in the way', level: 'warn' }])
    expect(await found({ words: 'moon' })).toEqual([])
  })

  test('that PostgreSQL could not store as they are lose nothing but that', async () => {
    say('Half a \ud83d and a \u0000 were sent', { '\u0000': '\ud83d', text: 'zero \\u0000 kept' })
    await platform.telemetry.flush()
    const { body } = await shop.staff.call(listLogLines, { query: { words: 'half' } })
    expect(body.items).toHaveLength(1)
    expect(body.items[0]).toMatchObject({
      sentence: expect.stringMatching(/^Half a . and a {2}were sent$/),
      fields: { text: 'zero \\u0000 kept' },
    })
    expect(platform.telemetry.dropped).toBe(0)
  })

  test('come in pages, each once and in order', async () => {
    for (let n = 0; n < 25; n++) say(`Crate ${n}`)
    await platform.telemetry.flush()
    const seen: string[] = []
    for (let after: string | undefined; ; ) {
      const query = { words: 'crate', limit: 10, ...(after && { after }) }
      const { body } = await shop.staff.call(listLogLines, { query })
      seen.push(...body.items.map((one) => one.sentence))
      if (body.next === null) break
      after = body.next
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `Crate ${24 - n}`))
  })

  test('are for whoever may read them', async () => {
    expect((await platform.anonymous.call(listLogLines, { query: {} })).status).toBe(401)
    const person = await platform.person()
    expect((await person.call(listLogLines, { query: {} })).status).toBe(403)
  })
})

test('a word among ten thousand lines is looked up in the index', async () => {
  for (let n = 0; n < 10_000; n++) {
    say(`Line ${n} about a ${n === 4_711 ? 'zeppelin' : 'truck'}`, { n })
    if (n % 5_000 === 4_999) await platform.telemetry.flush()
  }
  await platform.telemetry.flush()
  await platform.sql.query('analyze monitoring_service.log_line')
  const scans = async (): Promise<number> => {
    const { rows } = await platform.sql.query(
      `select coalesce(sum(idx_scan), 0)::int as scans from pg_stat_user_indexes s
       join pg_class c on c.oid = s.indexrelid join pg_am a on a.oid = c.relam
       where s.schemaname = 'monitoring_service' and a.amname = 'gin'`,
    )
    return rows[0].scans
  }
  const before = await scans()
  expect(await found({ words: 'zeppelin' })).toEqual(['Line 4711 about a zeppelin'])
  await expect.poll(scans, { timeout: 15_000 }).toBeGreaterThan(before)
})
