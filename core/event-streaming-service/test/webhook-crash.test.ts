import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type SeparatePlatform, startSeparatePlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patience } from './hooks.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const { createWebhookEndpoint, listWebhookDeliveries, sendTestWebhook } =
  eventStreamingContract.operations

let platform: SeparatePlatform
let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver()
  platform = await startSeparatePlatform([], {
    EVENT_STREAMING_SERVICE_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
  })
})
afterAll(async () => {
  await platform?.stop()
  await receiver?.stop()
})

test('a sender that is killed half-way is followed, and the receiver can tell', async () => {
  const { staff } = await platform.shop()
  const path = '/hooks'
  receiver.answer(path, () => {})
  const { body } = await staff.call(createWebhookEndpoint, {
    // Nothing but what is sent to try it: a tenant that was just made is still told of.
    body: { url: receiver.origin + path, eventTypes: ['order.paid'] },
  })
  const params = { endpointId: body.id }
  expect((await staff.call(sendTestWebhook, { params })).status).toBe(202)
  await expect.poll(() => receiver.at(path).length, patience).toBe(1)
  await platform.kill('event-streaming-service')
  receiver.answer(path, (_, reply) => void reply.end())
  await platform.start('event-streaming-service')
  const sql = (text: string) => platform.sql.query(text, [body.id])
  const { rows } = await sql(
    `select lease, due_at > now() + interval '30 s' as held
     from event_streaming_service.webhook_delivery where endpoint_id = $1`,
  )
  expect(rows).toEqual([{ lease: expect.any(String), held: true }])
  // As if the minute of the lease had passed.
  await sql(
    'update event_streaming_service.webhook_delivery set due_at = now() where endpoint_id = $1',
  )
  await expect.poll(() => receiver.at(path).length, patience).toBe(2)
  const ids = receiver.at(path).map((one) => one.headers['webhook-id'])
  expect(ids[0]).toBe(ids[1])
  const states = async () => {
    const { items } = (await staff.call(listWebhookDeliveries, { params, query: {} })).body
    return items.map((one) => [one.state, one.attempts])
  }
  await expect.poll(states, patience).toEqual([['delivered', 1]])
})
