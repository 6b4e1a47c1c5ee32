import { randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Hooks, startHooks } from './hooks.ts'
import { refuseWith, signedBy } from './receiver.ts'

const { publishEvents, readWebhookEndpoint, changeWebhookEndpoint, rotateWebhookSecret } =
  eventStreamingContract.operations

let hooks: Hooks

beforeAll(async () => {
  hooks = await startHooks()
})
afterAll(() => hooks?.stop())

describe('an event', () => {
  test('arrives signed, as a CloudEvent, at the endpoints that want its type', async () => {
    const shop = await hooks.platform.shop()
    const wanted = await Promise.all(
      [['tenant.updated'], ['tenant.*'], ['*'], ['product.*', 'tenant.updated']].map((types) =>
        hooks.add(shop.staff, types),
      ),
    )
    const unwanted = await hooks.add(shop.staff, ['product.*', 'tenan.*'])
    await hooks.rename(shop, 'A New Name')
    for (const { path, secret, id } of wanted) {
      const [arrived] = await hooks.arrivals(path, 1)
      if (!arrived) throw new Error('nothing arrived')
      expect(signedBy(arrived, [secret])).toEqual([secret])
      expect(signedBy(arrived, ['whsec_AAAA'])).toEqual([])
      expect(arrived.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
      expect(arrived.headers['webhook-id']).toBe(arrived.event.id)
      expect(arrived.event).toMatchObject({
        source: 'tenant-service',
        type: 'tenant.updated',
        subject: shop.id,
        tenantid: shop.id,
        dataschema: 'urn:prognetwork:event:tenant.updated:1',
        cursor: expect.any(String),
        data: { tenantId: shop.id, slug: shop.slug },
      })
      expect(arrived.event.traceparent).toMatch(/^00-[0-9a-f]{32}-/)
      const { history, ...delivery } = await hooks.settled(shop.staff, id, 'delivered')
      expect(delivery).toMatchObject({ eventId: arrived.event.id, eventType: 'tenant.updated' })
      expect(history).toMatchObject([{ number: 1, status: 200, reply: 'thank you', error: null }])
    }
    expect(hooks.receiver.at(unwanted.path)).toEqual([])
  })

  test('of an outside publisher arrives too, even when two have chosen the same id', async () => {
    const { staff } = await hooks.platform.shop()
    const { path } = await hooks.add(staff, ['parcel.*'])
    const event = { specversion: '1.0', type: 'parcel.scanned.again', id: randomUUID() } as const
    const sources = ['//scanner.example/1', '//scanner.example/2']
    for (const source of sources) {
      const body = { ...event, source, data: { gate: 3 } }
      expect((await staff.call(publishEvents, { body })).status).toBe(202)
    }
    const arrived = await hooks.arrivals(path, 2)
    expect(arrived.map((one) => one.event.source).sort()).toEqual(sources)
    expect(arrived.map((one) => one.event.id)).toEqual([event.id, event.id])
  })

  test('of the time before an endpoint was made is not sent, nor of the time it was disabled', async () => {
    const shop = await hooks.platform.shop()
    await hooks.rename(shop, 'Before')
    await hooks.logged(shop, 'tenant.updated', 1)
    const { path, params, id } = await hooks.add(shop.staff, ['tenant.updated'])
    await hooks.rename(shop, 'One')
    await hooks.arrivals(path, 1)
    await shop.staff.call(changeWebhookEndpoint, { params, body: { enabled: false } })
    await hooks.rename(shop, 'Two')
    await hooks.logged(shop, 'tenant.updated', 3)
    const { body } = await shop.staff.call(readWebhookEndpoint, { params })
    expect([body.enabled, body.disabledReason]).toEqual([false, 'by_hand'])
    await shop.staff.call(changeWebhookEndpoint, { params, body: { enabled: true } })
    await hooks.rename(shop, 'Three')
    await hooks.arrivals(path, 2)
    expect(await hooks.deliveriesOf(shop.staff, id)).toHaveLength(2)
  })

  test('arrives under both secrets while one follows the other', async () => {
    const shop = await hooks.platform.shop()
    const { path, params, secret } = await hooks.add(shop.staff, ['tenant.updated'])
    const rotated = (await shop.staff.call(rotateWebhookSecret, { params })).body
    expect(Date.parse(rotated.previousSecretUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000)
    await hooks.rename(shop, 'During')
    const [during] = await hooks.arrivals(path, 1)
    expect(during && signedBy(during, [secret, rotated.secret])).toEqual([secret, rotated.secret])
    await hooks.platform.sql.query(
      `update event_streaming_service.webhook_endpoint set previous_secret_until = now()
       where id = $1`,
      [params.endpointId],
    )
    await hooks.rename(shop, 'After')
    const [, after] = await hooks.arrivals(path, 2)
    expect(after && signedBy(after, [secret, rotated.secret])).toEqual([rotated.secret])
  })

  test('that is refused is tried again later, with the same id, and the history tells', async () => {
    const shop = await hooks.platform.shop()
    const { path, id, params } = await hooks.add(shop.staff, ['tenant.updated'])
    hooks.receiver.answer(path, refuseWith(503, { 'retry-after': '120' }))
    await hooks.rename(shop, 'Refused')
    const refused = await hooks.settled(shop.staff, id, 'waiting')
    const waitMs = Date.parse(refused.dueAt ?? '') - Date.parse(refused.history[0]?.at ?? '')
    expect(waitMs).toBeGreaterThan(110_000)
    expect(refused.history).toMatchObject([
      { status: 503, reply: 'no, thank you', error: 'It answered with status 503' },
    ])
    const failing = await shop.staff.call(readWebhookEndpoint, { params })
    expect(failing.body.failingSince).toBe(refused.history[0]?.at)
    hooks.receiver.answer(path, (_, reply) => reply.writeHead(204).end())
    await hooks.makeDue(refused.id)
    const delivered = await hooks.settled(shop.staff, id, 'delivered', 2)
    expect(delivered.history.map((one) => one.status)).toEqual([503, 204])
    const ids = hooks.receiver.at(path).map((one) => one.headers['webhook-id'])
    expect(new Set(ids).size).toBe(1)
    expect((await shop.staff.call(readWebhookEndpoint, { params })).body.failingSince).toBeNull()
  })

  test('is given up after the last attempt, and listed as failed', async () => {
    const shop = await hooks.platform.shop()
    const { path, id } = await hooks.add(shop.staff, ['tenant.updated'])
    hooks.receiver.answer(path, refuseWith(500))
    await hooks.rename(shop, 'Never')
    const { id: deliveryId } = await hooks.settled(shop.staff, id, 'waiting')
    await hooks.platform.sql.query(
      'update event_streaming_service.webhook_delivery set failures = 9 where id = $1',
      [deliveryId],
    )
    await hooks.makeDue(deliveryId)
    const failed = await hooks.settled(shop.staff, id, 'failed', 2)
    expect([failed.dueAt, failed.settledAt]).toEqual([null, expect.any(String)])
    expect(await hooks.deliveriesOf(shop.staff, id, 'failed')).toHaveLength(1)
    expect(await hooks.deliveriesOf(shop.staff, id, 'waiting')).toHaveLength(0)
  })

  test('does not follow a redirect to where it could not have been sent', async () => {
    const shop = await hooks.platform.shop()
    const { path, id } = await hooks.add(shop.staff, ['tenant.updated'])
    hooks.receiver.answer(path, refuseWith(307, { location: 'http://127.0.0.2:8080/metadata' }))
    await hooks.rename(shop, 'Redirected')
    const { history } = await hooks.settled(shop.staff, id, 'waiting')
    expect(history).toMatchObject([
      { status: null, reply: '', error: '127.0.0.2 is not on the public internet' },
    ])
  })

  test('is not sent where no TLS comes about, and the history says so', async () => {
    const shop = await hooks.platform.shop()
    const { params, id } = await hooks.add(shop.staff, ['tenant.updated'])
    const url = hooks.receiver.origin.replace('http:', 'https:')
    await shop.staff.call(changeWebhookEndpoint, { params, body: { url } })
    await hooks.rename(shop, 'Plain')
    const { history } = await hooks.settled(shop.staff, id, 'waiting')
    expect(history).toMatchObject([{ status: null, error: 'No TLS connection came about' }])
  })

  test('whose reply is endless, or no text, is delivered all the same', async () => {
    const shop = await hooks.platform.shop()
    const [endless, odd] = [
      await hooks.add(shop.staff, ['tenant.updated']),
      await hooks.add(shop.staff, ['tenant.updated']),
    ]
    hooks.receiver.answer(endless.path, (_, reply) => {
      const write = () => {
        while (!reply.destroyed && reply.write('x'.repeat(10_000)));
      }
      reply.on('drain', write)
      write()
    })
    hooks.receiver.answer(odd.path, (_, reply) => reply.end(Buffer.from([0, 0xff, 0x41, 0x1b])))
    await hooks.rename(shop, 'Endless')
    const { history } = await hooks.settled(shop.staff, endless.id, 'delivered')
    expect(history[0]?.reply).toBe('x'.repeat(1_000))
    const strange = await hooks.settled(shop.staff, odd.id, 'delivered')
    expect(strange.history[0]?.reply).toBe('\ufffd\ufffdA\ufffd')
  })
})
