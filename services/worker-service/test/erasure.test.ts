import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import { createTenants, startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './errands.ts'

const { exportCatalogue } = productContract.operations
const { eraseAccount } = userContract.operations

let platform: TestPlatform
beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

test('what somebody asked for is forgotten with them, and their events cannot be read', async () => {
  const tenants = createTenants(platform)
  const shop = await platform.shop()
  const person = await tenants.join(shop, 'manager')
  const atWork = await tenants.act(person, shop.id)
  const { body } = await atWork.call(exportCatalogue, { body: { format: 'csv' } })
  await until(shop.staff, body.exportId, { state: 'succeeded' })
  const kept = async () => {
    const { rows } = await platform.sql.query(
      `select input::text, result,
         (select count(*)::int from product_service.subject_key where subject = $2) as keys
       from worker_service.job where id = $1`,
      [body.exportId, person.accountId],
    )
    return rows[0]
  }
  expect(await kept()).toMatchObject({ input: expect.stringContaining('csv'), keys: 1 })
  const operator = await platform.operator()
  const params = { accountId: person.accountId }
  expect((await operator.call(eraseAccount, { params })).status).toBe(204)
  await expect.poll(kept, { timeout: 20_000 }).toEqual({ input: '{}', result: null, keys: 0 })
})
