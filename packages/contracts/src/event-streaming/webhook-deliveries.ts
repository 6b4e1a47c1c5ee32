import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, timestamp } from '../shapes.ts'
import {
  byWebhookEndpoint,
  exampleByWebhookEndpoint,
  webhookEndpointDisabled,
  webhookEndpointMissing,
} from './webhooks.ts'

/** `waiting` until it is delivered; `failed` when that is given up. */
const deliveryState = z.enum(['waiting', 'delivered', 'failed'])

const delivery = z.object({
  id: id('webhook_delivery'),
  endpointId: id('webhook_endpoint'),
  /** What the receiver finds in `webhook-id`. */
  eventId: z.uuid(),
  eventType: z.string(),
  state: deliveryState,
  /** How often it was sent. */
  attempts: z.int(),
  /** When it is sent next, unless its endpoint is disabled then. */
  dueAt: timestamp.nullable(),
  createdAt: timestamp,
  settledAt: timestamp.nullable(),
})

const attempt = z.object({
  number: z.int(),
  at: timestamp,
  durationMs: z.int(),
  /** The HTTP status of the reply; null when there was none. */
  status: z.int().nullable(),
  /** The beginning of the reply. */
  reply: z.string(),
  /** Why it does not count as delivered. */
  error: z.string().nullable(),
})

const exampleDelivery = {
  id: examples.id(9),
  endpointId: examples.id(8),
  eventId: examples.id(7),
  eventType: 'tenant.updated',
  state: 'delivered',
  attempts: 1,
  dueAt: null,
  createdAt: examples.time,
  settledAt: examples.time,
} as const
const waitingExample = { ...exampleDelivery, state: 'waiting', settledAt: null } as const
const byDelivery = z.strictObject({ deliveryId: id('webhook_delivery') })
const exampleByDelivery = { deliveryId: examples.id(9) }

export const webhookDeliveryMissing = problem(
  'missing',
  'event_streaming.webhook_delivery_missing',
  'The tenant has no such delivery; they are kept for 30 days',
)
export const webhookWindowUnfit = problem(
  'unprocessable',
  'event_streaming.webhook_window_unfit',
  'Events of this time cannot be sent again',
)

export const sendTestWebhook = operation('POST', '/v1/webhook-endpoints/{endpointId}/tests', {
  summary: 'Send an event of the type webhook.test to one endpoint',
  auth: { permission: 'event:webhook:update' },
  rate: 'bulk',
  params: byWebhookEndpoint,
  reply: { 202: delivery },
  problems: [webhookEndpointMissing, webhookEndpointDisabled],
  example: {
    params: exampleByWebhookEndpoint,
    reply: { ...waitingExample, eventType: 'webhook.test', attempts: 0, dueAt: examples.time },
  },
})

export const listWebhookDeliveries = operation(
  'GET',
  '/v1/webhook-endpoints/{endpointId}/deliveries',
  {
    summary: 'What was sent to an endpoint or will be, the newest first',
    auth: { permission: 'event:delivery:read' },
    params: byWebhookEndpoint,
    query: pageQuery.extend({ state: deliveryState.optional() }),
    reply: { 200: page(delivery) },
    problems: [webhookEndpointMissing],
    example: {
      params: exampleByWebhookEndpoint,
      query: { state: 'delivered' },
      reply: { items: [exampleDelivery], next: null },
    },
  },
)

export const readWebhookDelivery = operation('GET', '/v1/webhook-deliveries/{deliveryId}', {
  summary: 'One delivery with what each attempt brought',
  auth: { permission: 'event:delivery:read' },
  params: byDelivery,
  reply: { 200: delivery.extend({ history: z.array(attempt) }) },
  problems: [webhookDeliveryMissing],
  example: {
    params: exampleByDelivery,
    reply: {
      ...exampleDelivery,
      history: [
        { number: 1, at: examples.time, durationMs: 48, status: 200, reply: 'ok', error: null },
      ],
    },
  },
})

export const resendWebhookDelivery = operation(
  'POST',
  '/v1/webhook-deliveries/{deliveryId}/resending',
  {
    summary: 'Send the event of a delivery again, now, whatever became of it',
    auth: { permission: 'event:delivery:resend' },
    params: byDelivery,
    reply: { 202: delivery },
    problems: [webhookDeliveryMissing, webhookEndpointDisabled],
    example: { params: exampleByDelivery, reply: { ...waitingExample, dueAt: examples.time } },
  },
)

export const recoverWebhookDeliveries = operation(
  'POST',
  '/v1/webhook-endpoints/{endpointId}/recoveries',
  {
    summary: 'Send the events of a time to an endpoint that it has not got, or all of them again',
    auth: { permission: 'event:delivery:resend' },
    rate: 'bulk',
    params: byWebhookEndpoint,
    /** Of the events' `time`; `to` is not part of it, and now if it is not given. */
    body: z.strictObject({
      from: timestamp,
      to: timestamp.optional(),
      /** Also what was delivered already. */
      all: z.boolean().default(false),
    }),
    reply: { 202: z.object({ deliveries: z.int() }) },
    problems: [webhookEndpointMissing, webhookEndpointDisabled, webhookWindowUnfit],
    example: {
      params: exampleByWebhookEndpoint,
      body: { from: examples.time },
      reply: { deliveries: 214 },
    },
  },
)
