import { platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { callingAs, startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { changeSettings, findTenantSettings, readSettings } = tenantContract.operations
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

test('settings from before there were others say the same as ever', async () => {
  const { staff, id } = await platform.shop()
  await platform.sql.query(
    `update tenant_service.settings_version
     set settings = settings - 'returnDays' - 'sellerAddress' - 'vatId' where tenant_id = $1`,
    [id],
  )
  const { body } = await staff.call(readSettings, { query: {} })
  expect(body.settings).toMatchObject({ returnDays: 30, sellerAddress: null, vatId: null })
})

test('settings say who sells, with a VAT number that can be one', async () => {
  const { staff } = await platform.shop()
  const change = (vatId: string) =>
    staff.call(changeSettings, {
      body: { version: 1, changes: { vatId, sellerAddress: ['Looms Ltd', '1 Street'] } },
    })
  const wrong = await change('DE136695977')
  expect([wrong.status, wrong.problem.errors?.[0]?.pointer]).toEqual([400, '/body/changes/vatId'])
  expect((await change('DE136695976')).body.settings).toMatchObject({
    ...{ vatId: 'DE136695976', sellerAddress: ['Looms Ltd', '1 Street'] },
  })
})
