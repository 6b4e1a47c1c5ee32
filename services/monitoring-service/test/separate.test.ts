import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { type SeparatePlatform, startSeparatePlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buy } from './buying.ts'

// Each service is a process of its own and sends what it did to monitoring-service.

const { listLogLines, listTraces, readTrace } = monitoringContract.operations

let platform: SeparatePlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startSeparatePlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

test('the trace of an order is put together from all processes', async () => {
  const { orderId, traceId } = await buy(shop)
  const read = async () => (await shop.staff.call(readTrace, { params: { traceId } })).body
  const hops = async () => {
    const { status, body } = await shop.staff.call(readTrace, { params: { traceId } })
    if (status !== 200) return []
    return body.spans.map((one) => `${one.depth} ${one.service} ${one.kind} ${one.operation}`)
  }
  await expect
    .poll(hops, { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        '0 api-gateway server checkOut',
        '1 order-service server checkOut',
        '2 order-service client createPayment',
        '3 payment-service server createPayment',
        '2 product-service consumer product-service order.paid',
      ]),
    )
  const { objects, lines } = await read()
  expect(objects).toContainEqual({ type: 'order', id: orderId })
  expect(lines.map((one) => one.service)).toContain('api-gateway')
  const { body } = await shop.staff.call(listTraces, { query: { object: `order:${orderId}` } })
  expect(body.items.map((one) => one.traceId)).toEqual([traceId])
})

test('no request waits for monitoring-service, which is down, and it hears of later ones', async () => {
  await platform.kill('monitoring-service')
  for (let n = 0; n < 30; n++) {
    const started = performance.now()
    const { status } = await shop.staff.raw('GET', '/api/v1/roles')
    expect(status).toBe(200)
    expect(performance.now() - started).toBeLessThan(1_000)
  }
  await platform.start('monitoring-service')
  const { headers } = await shop.staff.raw('GET', '/api/v1/roles')
  const traceId = String(headers['prog-trace-id'])
  const kept = async () => {
    const { status, body } = await shop.staff.call(listLogLines, { query: { traceId } })
    return status === 200 ? body.items.map((one) => one.sentence) : []
  }
  await expect.poll(kept, { timeout: 15_000 }).toEqual(['Request'])
})

test('telemetry comes to rest: sending it leaves nothing to be sent', async () => {
  const count = async (): Promise<number> => {
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from monitoring_service.span
       where name in ('recordTelemetry', 'followEvents') and status <> 'error'`,
    )
    return rows[0].count
  }
  await shop.staff.raw('GET', '/api/v1/roles')
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(await count()).toBe(0)
})
