import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Shops, startShops } from './shops.ts'

// On its own, because the clock moves by days: what a tenant need not ask for.

const dayMs = 24 * 3_600_000
let shops: Shops

beforeAll(async () => {
  shops = await startShops()
})
afterAll(() => shops?.stop())

test('a record that appears is found unasked, and one that is gone for days lets a domain lapse', async () => {
  const [shop, other] = [await shops.platform.shop(), await shops.platform.shop()]
  const added = await shops.add(shop)
  shops.publish(added)
  shops.platform.clock.advance(6 * 60_000)
  await expect
    .poll(() => shops.stateOf(added), { timeout: 25_000, interval: 250 })
    .toEqual({ state: 'verified', finding: 'record_found' })
  shops.names.zone.delete(added.record.name)
  shops.platform.clock.advance(dayMs + 60_000)
  await expect
    .poll(() => shops.stateOf(added), { timeout: 25_000, interval: 250 })
    .toEqual({ state: 'verified', finding: 'record_missing' })
  expect(await shops.leadsTo(added.name, shop, other)).toBe(true)
  shops.names.behave('failing')
  shops.platform.clock.advance(4 * dayMs)
  const staff = await shops.act(shop.owner, shop.id)
  await shops.heard()
  expect(await shops.leadsTo(added.name, shop, other)).toBe(true)
  expect((await shops.verify(staff, added)).status).toBe(503)
  expect(await shops.stateOf(added)).toEqual({ state: 'verified', finding: 'unreachable' })
  shops.names.behave('answering')
  expect((await shops.verify(staff, added)).problem.code).toBe('tenant.domain_record_missing')
  expect(await shops.stateOf(added)).toEqual({ state: 'lapsed', finding: 'record_missing' })
  expect(await shops.leadsTo(added.name, shop, other)).toBe(false)
  await shops.heard()
  expect(await shops.leadsTo(added.name, shop, other)).toBe(false)
  shops.publish(added)
  expect((await shops.verify(staff, added)).body.state).toBe('verified')
  const { rows } = await shops.platform.sql.query(
    `select type from every_event where tenant_id = $1 and type like 'tenant.domain%'
       order by seq`,
    [shop.id],
  )
  expect(rows.map((row) => row.type)).toEqual([
    'tenant.domain_verified',
    'tenant.domain_lapsed',
    'tenant.domain_verified',
  ])
})
