import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { createTenants } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Hooks, startHooks } from './hooks.ts'

const {
  createWebhookEndpoint,
  listWebhookEndpoints,
  readWebhookEndpoint,
  changeWebhookEndpoint,
  removeWebhookEndpoint,
  rotateWebhookSecret,
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

describe('an endpoint', () => {
  test('is made with a secret that nothing shows again', async () => {
    const { staff } = await hooks.platform.shop()
    const { secret, path, params, ...made } = await hooks.add(staff, ['tenant.*', '*'])
    expect(made).toMatchObject({
      url: hooks.receiver.origin + path,
      eventTypes: ['tenant.*', '*'],
      enabled: true,
      disabledReason: null,
      failingSince: null,
    })
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
    const shown = [
      (await staff.call(readWebhookEndpoint, { params })).body,
      (await staff.call(listWebhookEndpoints, {})).body.items[0],
      (await staff.call(changeWebhookEndpoint, { params, body: {} })).body,
    ]
    for (const one of shown) expect({ ...one, updatedAt: made.updatedAt }).toEqual(made)
    const { rows } = await hooks.platform.sql.query(
      'select secret from event_streaming_service.webhook_endpoint where id = $1',
      [made.id],
    )
    expect(rows[0].secret.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false)
  })

  test('at an address that must not be asked is refused', async () => {
    const { staff } = await hooks.platform.shop()
    const made = await hooks.add(staff, ['*'])
    for (const url of [
      'http://10.0.0.1/',
      'http://[::1]/',
      'ftp://a.example',
      'http://u:p@a.example',
    ])
      for (const { problem } of [
        await staff.call(createWebhookEndpoint, { body: { url, eventTypes: ['*'] } }),
        await staff.call(changeWebhookEndpoint, { params: made.params, body: { url } }),
      ]) {
        expect([problem.status, problem.code]).toEqual([422, 'event_streaming.webhook_url_unfit'])
        expect(problem.errors?.[0]?.pointer).toBe('/body/url')
      }
    const { problem } = await staff.call(createWebhookEndpoint, {
      body: { url: made.url, eventTypes: ['Product.*'] },
    })
    expect(problem.code).toBe('request.invalid')
  })

  test('is one of twenty at most, also when many are made at once', async () => {
    const { staff } = await hooks.platform.shop()
    const body = { url: hooks.receiver.origin, eventTypes: ['*'], enabled: false }
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => staff.call(createWebhookEndpoint, { body })),
    )
    const refused = answers.filter((one) => one.status !== 201)
    expect(refused.map((one) => one.problem.code)).toEqual(
      Array(4).fill('event_streaming.webhook_endpoints_too_many'),
    )
  })

  test('leaves an audit row for each change', async () => {
    const { staff, owner } = await hooks.platform.shop()
    const { params, id } = await hooks.add(staff, ['*'])
    await staff.call(changeWebhookEndpoint, { params, body: { enabled: false } })
    await staff.call(rotateWebhookSecret, { params })
    expect((await staff.call(removeWebhookEndpoint, { params })).status).toBe(204)
    const { rows } = await hooks.platform.sql.query(
      'select action, subject from event_streaming_service.audit where resource = $1 order by id',
      [`webhook_endpoint/${id}`],
    )
    expect(rows.map((row) => row.action)).toEqual([
      ...['webhook.endpoint_created', 'webhook.endpoint_changed'],
      ...['webhook.secret_rotated', 'webhook.endpoint_removed'],
    ])
    expect(new Set(rows.map((row) => row.subject))).toEqual(new Set([owner.accountId]))
  })

  test('needs a credential and a permission, whatever is done with it', async () => {
    const shop = await hooks.platform.shop()
    const { params } = await hooks.add(shop.staff, ['tenant.updated'])
    const tenants = createTenants(hooks.platform)
    const viewer = await tenants.join(shop, 'viewer')
    const looking = await tenants.act(viewer, shop.id)
    const deliveryId = params.endpointId
    for (const [client, code] of [
      [looking, 'identity.permission_denied'],
      [hooks.platform.anonymous, 'identity.credential_missing'],
    ] as const) {
      const answers = [
        await client.call(createWebhookEndpoint, { body: { url: 'x', eventTypes: ['*'] } }),
        await client.call(listWebhookEndpoints, {}),
        await client.call(readWebhookEndpoint, { params }),
        await client.call(changeWebhookEndpoint, { params, body: {} }),
        await client.call(removeWebhookEndpoint, { params }),
        await client.call(rotateWebhookSecret, { params }),
        await client.call(sendTestWebhook, { params }),
        await client.call(listWebhookDeliveries, { params, query: {} }),
        await client.call(readWebhookDelivery, { params: { deliveryId } }),
        await client.call(resendWebhookDelivery, { params: { deliveryId } }),
        await client.call(recoverWebhookDeliveries, {
          params,
          body: { from: new Date().toISOString() },
        }),
      ]
      expect(answers.map((one) => one.problem.code)).toEqual(Array(11).fill(code))
    }
  })

  test('of one tenant, with its deliveries, is out of reach of another', async () => {
    const [mine, other] = [await hooks.platform.shop(), await hooks.platform.shop()]
    const { params, id, path } = await hooks.add(mine.staff, ['*'])
    const watching = await hooks.add(other.staff, ['*'])
    await hooks.rename(mine, 'Mine')
    await hooks.arrivals(path, 1)
    const delivery = await hooks.settled(mine.staff, id, 'delivered')
    const { staff } = other
    const from = delivery.createdAt
    const about = [
      await staff.call(readWebhookEndpoint, { params }),
      await staff.call(changeWebhookEndpoint, { params, body: { url: hooks.receiver.origin } }),
      await staff.call(removeWebhookEndpoint, { params }),
      await staff.call(rotateWebhookSecret, { params }),
      await staff.call(sendTestWebhook, { params }),
      await staff.call(listWebhookDeliveries, { params, query: {} }),
      await staff.call(recoverWebhookDeliveries, { params, body: { from } }),
    ]
    expect(about.map((one) => one.problem.code)).toEqual(
      Array(7).fill('event_streaming.webhook_endpoint_missing'),
    )
    for (const operation of [readWebhookDelivery, resendWebhookDelivery]) {
      const { problem } = await staff.call(operation, { params: { deliveryId: delivery.id } })
      expect(problem.code).toBe('event_streaming.webhook_delivery_missing')
    }
    expect(hooks.receiver.at(watching.path)).toEqual([])
    expect((await mine.staff.call(readWebhookEndpoint, { params })).body.url).toContain(path)
  })
})
