// What a transport with a broker must do besides: a broker may end, forget everything, or be out of
// reach, and it costs delay, never an event.
import { expect, test } from 'vitest'
import type { Broker } from './broker-under-test.ts'
import { newTenant } from './event-platform.ts'
import {
  expectOnceInOrder,
  type Setting,
  someThings,
  startSetting,
  upTo,
} from './transport-setting.ts'

/** How long a broker is out of reach. */
const defaultCutMs = 2_500

export function brokerConformance(setting: () => Setting, cutMs = defaultCutMs): void {
  const brokerOf = ({ broker }: Setting): Broker => {
    if (!broker) throw new Error('there is no broker')
    return broker
  }

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

  test('a broker out of reach delays events, is told once, and nothing runs hot meanwhile', async () => {
    const { join, make, takings, process } = setting()
    const things = someThings(20)
    const tenant = newTenant()
    const member = await join('one')
    await make(tenant, things, [1])
    await expectOnceInOrder(setting(), things, 1)
    const before = process.logLines.length
    const cut = brokerOf(setting()).cutOff(cutMs)
    await make(tenant, things, [2])
    const usage = globalThis.process.cpuUsage()
    await cut
    const { user, system } = globalThis.process.cpuUsage(usage)
    expect((user + system) / 1_000).toBeLessThan(cutMs / 2)
    await expectOnceInOrder(setting(), things, 2)
    const warnings = [...member.logLines, ...process.logLines.slice(before)].filter((line) =>
      /"level":("warn"|40)/.test(line),
    )
    expect(warnings.length).toBeLessThanOrEqual(2)
    expect(await takings.count()).toBe(things.length * 2)
  })

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
