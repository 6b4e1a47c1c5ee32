import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import type { TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Hooks, patience, startHooks } from './hooks.ts'
import { refuseWith, signedBy } from './receiver.ts'

const {
  readWebhookEndpoint,
  changeWebhookEndpoint,
  removeWebhookEndpoint,
  sendTestWebhook,
  listWebhookDeliveries,
  readWebhookDelivery,
  resendWebhookDelivery,
  recoverWebhookDeliveries,
} = eventStreamingContract.operations

let hooks: Hooks

beforeAll(async () => {
  hooks = await startHooks()
})
afterAll(() => hooks?.stop())

describe('an endpoint that is of no use any more', () => {
  /** What the tenant is told, by the events of the log. */
  const toldOf = async (shop: TestShop) => {
    const { rows } = await hooks.platform.sql.query(
      `select data from every_event where tenant_id = $1 and type = 'webhook.disabled'`,
      [shop.id],
    )
    return rows.map((row) => JSON.parse(row.data))
  }

  test('is disabled when it answers 410, and the tenant is told', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    const watching = await hooks.add(shop.staff, ['webhook.*'])
    hooks.receiver.answer(path, refuseWith(410))
    await hooks.rename(shop, 'Gone')
    const [told] = await hooks.arrivals(watching.path, 1)
    expect(told?.event).toMatchObject({
      source: 'event-streaming-service',
      type: 'webhook.disabled',
      data: { endpointId: id, reason: 'gone' },
    })
    expect((await hooks.settled(shop.staff, id, 'failed')).history[0]?.status).toBe(410)
    const { body } = await shop.staff.call(readWebhookEndpoint, { params })
    expect([body.enabled, body.disabledReason]).toEqual([false, 'gone'])
    expect(await toldOf(shop)).toEqual([{ endpointId: id, reason: 'gone' }])
    const { rows } = await hooks.platform.sql.query(
      `select subject, detail->>'reason' as reason from event_streaming_service.audit
       where resource = $1 and action = 'webhook.disabled'`,
      [`webhook_endpoint/${id}`],
    )
    expect(rows).toEqual([{ subject: 'event-streaming-service', reason: 'gone' }])
  })

  test('is disabled when it has only failed for five days, and not before', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    hooks.receiver.answer(path, refuseWith(500))
    await hooks.rename(shop, 'Failing')
    const { id: deliveryId } = await hooks.settled(shop.staff, id, 'waiting')
    const failedFor = (interval: string) =>
      hooks.platform.sql.query(
        `update event_streaming_service.webhook_endpoint
         set failing_since = now() - $2::interval where id = $1`,
        [id, interval],
      )
    await failedFor('4 days 23 hours')
    await hooks.makeDue(deliveryId)
    await hooks.settled(shop.staff, id, 'waiting', 2)
    expect((await shop.staff.call(readWebhookEndpoint, { params })).body.enabled).toBe(true)
    await failedFor('5 days 1 minute')
    await hooks.makeDue(deliveryId)
    await expect
      .poll(async () => (await shop.staff.call(readWebhookEndpoint, { params })).body, patience)
      .toMatchObject({ enabled: false, disabledReason: 'failing' })
    await expect.poll(() => toldOf(shop), patience).toEqual([{ endpointId: id, reason: 'failing' }])
    // Nothing is sent to it, until somebody enables it: then what waited is.
    await hooks.makeDue(deliveryId)
    hooks.receiver.answer(path, refuseWith(200))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(hooks.receiver.at(path)).toHaveLength(3)
    const enabled = await shop.staff.call(changeWebhookEndpoint, {
      params,
      body: { enabled: true },
    })
    expect(enabled.body).toMatchObject({ disabledReason: null, failingSince: null })
    await hooks.settled(shop.staff, id, 'delivered', 4)
  })
})

describe('what was sent', () => {
  test('is sent again when somebody asks', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    await hooks.rename(shop, 'Again')
    const { id: deliveryId, eventId } = await hooks.settled(shop.staff, id, 'delivered')
    const again = await shop.staff.call(resendWebhookDelivery, { params: { deliveryId } })
    expect([again.status, again.body.state]).toEqual([202, 'waiting'])
    await hooks.settled(shop.staff, id, 'delivered', 2)
    expect(hooks.receiver.at(path).map((one) => one.event.id)).toEqual([eventId, eventId])
    await shop.staff.call(changeWebhookEndpoint, { params, body: { enabled: false } })
    const { problem } = await shop.staff.call(resendWebhookDelivery, { params: { deliveryId } })
    expect(problem.code).toBe('event_streaming.webhook_endpoint_disabled')
    await shop.staff.call(removeWebhookEndpoint, { params })
    const gone = await shop.staff.call(readWebhookDelivery, { params: { deliveryId } })
    expect(gone.problem.code).toBe('event_streaming.webhook_delivery_missing')
  })

  test('is listed page by page, the newest first', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    for (const name of ['One', 'Two', 'Three']) await hooks.rename(shop, name)
    await hooks.arrivals(path, 3)
    const all = await hooks.deliveriesOf(shop.staff, id)
    expect(all.map((one) => one.id)).toEqual(
      all
        .map((one) => one.id)
        .sort()
        .reverse(),
    )
    const page = (after?: string) =>
      shop.staff.call(listWebhookDeliveries, {
        params,
        query: { limit: 2, ...(after && { after }) },
      })
    const first = (await page()).body
    const second = (await page(first.next ?? '')).body
    expect([...first.items, ...second.items].map((one) => one.id)).toEqual(all.map((one) => one.id))
    expect(second.next).toBeNull()
  })

  test('can be tried with a test event, which is in no log', async () => {
    const shop = await hooks.platform.shop()
    const { path, secret, params, id } = await hooks.add(shop.staff, ['product.*'])
    const other = await hooks.add(shop.staff, ['*'])
    expect((await shop.staff.call(sendTestWebhook, { params })).status).toBe(202)
    const [arrived] = await hooks.arrivals(path, 1)
    if (!arrived) throw new Error('nothing arrived')
    expect(arrived.event).toMatchObject({ type: 'webhook.test', data: { endpointId: id } })
    expect(signedBy(arrived, [secret])).toEqual([secret])
    expect(hooks.receiver.at(other.path)).toEqual([])
    await shop.staff.call(changeWebhookEndpoint, { params, body: { enabled: false } })
    const { problem } = await shop.staff.call(sendTestWebhook, { params })
    expect(problem.code).toBe('event_streaming.webhook_endpoint_disabled')
  })

  test('is recovered for a window of time: what is missing, or all of it', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    const from = new Date().toISOString()
    await hooks.rename(shop, 'Delivered')
    await hooks.arrivals(path, 1)
    hooks.receiver.answer(path, refuseWith(410))
    await hooks.rename(shop, 'Failed')
    await expect
      .poll(async () => (await hooks.deliveriesOf(shop.staff, id, 'failed')).length, patience)
      .toBe(1)
    await expect
      .poll(
        async () => (await shop.staff.call(readWebhookEndpoint, { params })).body.enabled,
        patience,
      )
      .toBe(false)
    await hooks.rename(shop, 'Missed')
    await hooks.logged(shop, 'tenant.updated', 3)
    hooks.receiver.answer(path, refuseWith(200))
    const recover = (body: { from: string; to?: string; all?: boolean }) =>
      shop.staff.call(recoverWebhookDeliveries, { params, body })
    expect((await recover({ from })).problem.code).toBe('event_streaming.webhook_endpoint_disabled')
    await shop.staff.call(changeWebhookEndpoint, { params, body: { enabled: true } })
    expect((await recover({ from, to: from })).problem.code).toBe(
      'event_streaming.webhook_window_unfit',
    )
    expect((await recover({ from: '2020-01-01T00:00:00.000Z' })).problem.code).toBe(
      'event_streaming.webhook_window_unfit',
    )
    const done = await recover({ from })
    expect([done.status, done.body]).toEqual([202, { deliveries: 2 }])
    // What is sent may come more than once, and is told apart by its id.
    const distinct = () => new Set(hooks.receiver.at(path).map((one) => one.event.id)).size
    await expect.poll(distinct, patience).toBe(3)
    await expect.poll(async () => (await recover({ from })).body.deliveries, patience).toBe(0)
    expect((await recover({ from, all: true })).body.deliveries).toBe(3)
    const count = () => hooks.receiver.at(path).length
    await expect.poll(count, patience).toBeGreaterThanOrEqual(7)
    expect(distinct()).toBe(3)
    const early = await recover({
      from: new Date(Date.parse(from) - 60_000).toISOString(),
      to: from,
    })
    expect(early.body.deliveries).toBe(0)
  })

  test('is forgotten after thirty days, however much it is', async () => {
    const shop = await hooks.platform.shop()
    const { id, path } = await hooks.add(shop.staff, ['tenant.updated'])
    await hooks.rename(shop, 'Remembered')
    await hooks.rename(shop, 'Forgotten')
    await hooks.arrivals(path, 2)
    await expect
      .poll(async () => (await hooks.deliveriesOf(shop.staff, id, 'delivered')).length, patience)
      .toBe(2)
    const [remembered, forgotten] = await hooks.deliveriesOf(shop.staff, id)
    const { sql } = hooks.platform
    await sql.query(
      `update event_streaming_service.webhook_delivery
       set created_at = now() - interval '30 days 1 minute' where id = $1`,
      [forgotten?.id],
    )
    await sql.query(
      `insert into event_streaming_service.webhook_delivery
         (tenant_id, id, endpoint_id, event_id, event_type, state, created_at)
       select $1, gen_random_uuid(), $2, gen_random_uuid(), 'tenant.updated', 'failed',
         now() - interval '31 days' from generate_series(1, 4500)`,
      [shop.id, id],
    )
    await hooks.doJob('forget-webhook-deliveries')
    const left = await hooks.deliveriesOf(shop.staff, id)
    expect(left.map((one) => one.id)).toEqual([remembered?.id])
    const attempts = await sql.query(
      'select from event_streaming_service.webhook_attempt where delivery_id = $1',
      [forgotten?.id],
    )
    expect(attempts.rows).toEqual([])
  })
})
