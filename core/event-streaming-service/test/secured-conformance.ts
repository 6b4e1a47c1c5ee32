// What a transport does with a broker that asks who it is and shows who it is itself.
import { expect, test } from 'vitest'
import { eventually, newTenant } from './event-platform.ts'
import { password, type Secrets, type SecuredBroker } from './secured-broker.ts'
import { expectOnceInOrder, someThings, startSetting } from './transport-setting.ts'

/** Long enough for some more tries. */
const quietMs = 1_500

const right: Secrets = { password, signer: 'known' }

const warningsIn = (lines: readonly string[]) =>
  lines.filter((line) => /"level":("warn"|40)/.test(line))

export function securedConformance(
  broker: () => SecuredBroker,
  settings: { readonly ofPassword: string; readonly ofCertificate: string },
): void {
  const refusals: [what: string, setting: string, wrong: Partial<Secrets>][] = [
    ['a wrong password', settings.ofPassword, { password: 'another' }],
    ['an unknown certificate', settings.ofCertificate, { signer: 'unknown' }],
  ]
  test('a platform publishes and consumes through TLS and with a password', async () => {
    const secured = await startSetting(broker())
    const things = someThings(10)
    await secured.setting.join('one')
    await secured.setting.make(newTenant(), things, [1, 2, 3])
    await expectOnceInOrder(secured.setting, things, 3)
    expect(warningsIn(secured.setting.process.logLines)).toEqual([])
    await secured.stop()
  })

  test.for(refusals)(
    '%s is told once, with the setting to look at, and delays events until it is mended',
    { timeout: 240_000 },
    async ([, setting, wrong]) => {
      await broker().change(wrong)
      const refused = await startSetting(broker())
      const { join, make, process, takings } = refused.setting
      const things = someThings(10)
      const member = await join('one')
      await make(newTenant(), things, [1, 2])
      for (const lines of [process.logLines, member.logLines])
        await eventually(() => warningsIn(lines).length > 0, 20_000)
      await new Promise((resolve) => setTimeout(resolve, quietMs))
      for (const lines of [process.logLines, member.logLines]) {
        expect(warningsIn(lines)).toHaveLength(1)
        expect(warningsIn(lines)[0]).toContain(setting)
      }
      expect(await takings.count()).toBe(0)
      await broker().change(right)
      await make(newTenant(), someThings(1), [1])
      await expectOnceInOrder(refused.setting, things, 2)
      await refused.stop()
    },
  )
}
