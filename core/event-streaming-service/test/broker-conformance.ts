// What a transport with a broker must do besides: a broker may end, forget everything, or be out of
// reach, and it costs delay, never an event.
import { expect, test } from 'vitest'
import type { Broker } from './broker-under-test.ts'
import { eventually, newTenant, thingMade, thingNoted } from './event-platform.ts'
import {
  expectOnceInOrder,
  type Setting,
  someThings,
  startSetting,
  upTo,
} from './transport-setting.ts'

const warningsIn = (lines: readonly string[]) =>
  lines.filter((line) => /"level":("warn"|40)/.test(line))

/** How long a broker is out of reach. */
const cutMs = 2_500

function brokerOf({ broker }: Setting): Broker {
  if (!broker) throw new Error('there is no broker')
  return broker
}

export function brokerConformance(setting: () => Setting): void {
  test('a broker that is killed and starts again goes on from what it kept', async () => {
    const { join, make } = setting()
    const things = someThings(20)
    const tenant = newTenant()
    await join('one')
    await make(tenant, things, [1, 2])
    const restarted = brokerOf(setting()).restart()
    await make(tenant, things, [3])
    await restarted
    await make(tenant, things, [4])
    await expectOnceInOrder(setting(), things, 4)
  })

  test('copiers that race each other copy everything once', async () => {
    const racing = await startSetting(brokerOf(setting()), { prefix: 'race', copies: false })
    const { join, make, startCopier } = racing.setting
    const things = someThings(30)
    const rivals = await Promise.all([startCopier(), startCopier()])
    await join('one')
    await make(newTenant(), things, upTo(15))
    await expectOnceInOrder(racing.setting, things, 15)
    await Promise.all(rivals.map((one) => one.close()))
    await racing.stop()
  })

  test('a broker that comes back empty is filled from the present on, and nothing is lost', async () => {
    const { join, make, leaveAll } = setting()
    const things = someThings(20)
    const tenant = newTenant()
    await join('one')
    await make(tenant, things, [1])
    await expectOnceInOrder(setting(), things, 1)
    // Nobody reads these before the broker has lost them.
    await leaveAll()
    await make(tenant, things, [2, 3])
    await brokerOf(setting()).empty()
    await make(tenant, things, [4])
    await join('two')
    await make(tenant, things, [5])
    await expectOnceInOrder(setting(), things, 5)
  })

  test('an event that is too large for the broker comes in its place, and it is told once', async () => {
    const { join, process, platform, takings, leaveAll } = setting()
    await eventually(() => process.logLines.some((line) => line.includes('A new copy')), 30_000)
    await brokerOf(setting()).limit('one')
    const tenant = newTenant()
    const things = someThings(20)
    const [thingId = ''] = things
    const noted: string[] = []
    const onNoted = (text: string) => noted.push(text)
    const before = process.logLines.length
    const { rows } = await platform.sql.query(
      `select next - 1 as position from event_streaming_service.log_head where log = 'domain'`,
    )
    const ctx = process.context(tenant)
    const { db, events } = process.maker
    const all = (version: number) =>
      events.putAll(
        ctx,
        thingMade,
        things.map((one) => ({ data: { thingId: one, version }, aggregateVersion: version })),
      )
    // The first is refused by the broker, the other one is more than any is given.
    const texts = [1.2, 13].map((megabytes) => 'x'.repeat(megabytes * 2 ** 20))
    const put = async (text = '') => events.put(ctx, thingNoted, { thingId, text })
    await join('one', { onNoted })
    await db.batch(ctx, [await all(1), await put(texts[0]), await all(2)])
    await db.batch(ctx, [await put(texts[1]), await all(3)])
    await expectOnceInOrder(setting(), things, 3)
    expect(noted.map((text) => text.length)).toEqual(texts.map((text) => text.length))
    expect(warningsIn(process.logLines.slice(before))).toHaveLength(1)
    // Also for those who come late.
    await leaveAll()
    await platform.sql.query('update taker_service.consumer_position set position = $1', [
      rows[0].position,
    ])
    await join('two', { onNoted })
    await eventually(async () => (await takings.count()) === things.length * 6, 60_000)
    expect(noted).toHaveLength(2 * texts.length)
  })

  test('a broker out of reach delays events, is told once, and nothing runs hot meanwhile', () =>
    beOutOfReach(setting(), cutMs))

  test('a platform starts while its broker is out of reach', async () => {
    const { join, make, startProcess } = setting()
    const things = someThings(5)
    const cut = brokerOf(setting()).cutOff(cutMs)
    const other = await startProcess()
    await join('one')
    await make(newTenant(), things, [1])
    await cut
    await expectOnceInOrder(setting(), things, 1)
    await other.stop()
  })
}

/** Events are delayed and no more, and a process says once that it waits. */
export async function beOutOfReach(setting: Setting, cutMs: number): Promise<void> {
  const { join, make, takings, process } = setting
  const things = someThings(20)
  const tenant = newTenant()
  const member = await join('one')
  await make(tenant, things, [1])
  await expectOnceInOrder(setting, things, 1)
  const before = process.logLines.length
  const cut = brokerOf(setting).cutOff(cutMs)
  await make(tenant, things, [2])
  const usage = globalThis.process.cpuUsage()
  await cut
  const { user, system } = globalThis.process.cpuUsage(usage)
  expect((user + system) / 1_000).toBeLessThan(cutMs / 2)
  await expectOnceInOrder(setting, things, 2)
  const lines = [...member.logLines, ...process.logLines.slice(before)]
  expect(warningsIn(lines).length).toBeLessThanOrEqual(2)
  expect(await takings.count()).toBe(things.length * 2)
}
