import { platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { callingAs, startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { findTenantSettings } = tenantContract.operations
const products = callingAs('product-service')
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: products.definitions })
})
afterAll(() => platform?.stop())

test('a service reads the settings of the tenant it works for', async () => {
  const shop = await platform.shop({ currency: 'CHF' })
  const found = await products.call(shop.id, findTenantSettings, {})
  expect(found).toMatchObject({ version: 1, settings: { currency: 'CHF' } })
})

test('the platform itself has none', async () => {
  await expect(products.call(platformTenantId, findTenantSettings, {})).rejects.toMatchObject({
    code: 'tenant.settings_missing',
  })
})
