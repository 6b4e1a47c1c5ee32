// Webhooks: a tenant's events as HTTP requests to addresses that it names, signed after Standard
// Webhooks. Here the addresses; what was sent to them is in webhook-deliveries.ts.
import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text, timestamp } from '../shapes.ts'
import { typePattern } from './cloud-event.ts'

/** Why an endpoint gets nothing: its owner wants it so, it answered 410, or it failed for days. */
export const webhookDisabledReason = z.enum(['by_hand', 'gone', 'failing'])

const endpoint = z.object({
  id: id('webhook_endpoint'),
  url: z.string(),
  eventTypes: z.array(z.string()),
  description: z.string(),
  enabled: z.boolean(),
  disabledReason: webhookDisabledReason.nullable(),
  /** The first failure since something was last delivered. */
  failingSince: timestamp.nullable(),
  /** Until then the secret before the newest signs too. */
  previousSecretUntil: timestamp.nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
})
const secret = z.string().startsWith('whsec_')

const exampleEndpoint = {
  id: examples.id(8),
  url: 'https://hooks.lovelace-looms.example/prognetwork',
  eventTypes: ['product.*', 'tenant.updated'],
  description: 'Our warehouse',
  enabled: true,
  disabledReason: null,
  failingSince: null,
  previousSecretUntil: null,
  createdAt: examples.time,
  updatedAt: examples.time,
}
const exampleSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDmTgT1YlFr1c='
export const byWebhookEndpoint = z.strictObject({ endpointId: id('webhook_endpoint') })
export const exampleByWebhookEndpoint = { endpointId: examples.id(8) }

export const webhookUrlUnfit = problem(
  'unprocessable',
  'event_streaming.webhook_url_unfit',
  'Webhooks cannot be sent to this address',
)
export const webhookEndpointMissing = problem(
  'missing',
  'event_streaming.webhook_endpoint_missing',
  'The tenant has no such webhook endpoint',
)
export const webhookEndpointsTooMany = problem(
  'conflict',
  'event_streaming.webhook_endpoints_too_many',
  'The tenant has as many webhook endpoints as it can have',
)
export const webhookEndpointDisabled = problem(
  'conflict',
  'event_streaming.webhook_endpoint_disabled',
  'Nothing is sent to a webhook endpoint that is disabled',
)

const settings = {
  /** `http` or `https`, on port 80, 443 or above 1023; no user and password in it. */
  url: z.string().trim().min(1).max(2_000),
  eventTypes: z.array(typePattern).min(1).max(50),
  description: text(0, 200),
  enabled: z.boolean(),
}

export const createWebhookEndpoint = operation('POST', '/v1/webhook-endpoints', {
  summary: 'Have events sent to an address; its secret is shown in this answer alone',
  auth: { permission: 'event:webhook:create' },
  body: z.strictObject({
    ...settings,
    description: settings.description.default(''),
    enabled: settings.enabled.default(true),
  }),
  reply: { 201: endpoint.extend({ secret }) },
  problems: [webhookUrlUnfit, webhookEndpointsTooMany],
  example: {
    body: {
      url: exampleEndpoint.url,
      eventTypes: exampleEndpoint.eventTypes,
      description: exampleEndpoint.description,
    },
    reply: { ...exampleEndpoint, secret: exampleSecret },
  },
})

export const listWebhookEndpoints = operation('GET', '/v1/webhook-endpoints', {
  summary: 'The webhook endpoints of the tenant, in the order of their making',
  auth: { permission: 'event:webhook:read' },
  reply: { 200: z.object({ items: z.array(endpoint) }) },
  example: { reply: { items: [exampleEndpoint] } },
})

export const readWebhookEndpoint = operation('GET', '/v1/webhook-endpoints/{endpointId}', {
  summary: 'One webhook endpoint',
  auth: { permission: 'event:webhook:read' },
  params: byWebhookEndpoint,
  reply: { 200: endpoint },
  problems: [webhookEndpointMissing],
  example: { params: exampleByWebhookEndpoint, reply: exampleEndpoint },
})

export const changeWebhookEndpoint = operation('PATCH', '/v1/webhook-endpoints/{endpointId}', {
  summary:
    'Change a webhook endpoint; enabled again, it gets what waited, and what happens from now',
  auth: { permission: 'event:webhook:update' },
  params: byWebhookEndpoint,
  body: z.strictObject(settings).partial(),
  reply: { 200: endpoint },
  problems: [webhookEndpointMissing, webhookUrlUnfit],
  example: {
    params: exampleByWebhookEndpoint,
    body: { eventTypes: ['product.*', 'tenant.updated'] },
    reply: exampleEndpoint,
  },
})

export const removeWebhookEndpoint = operation('DELETE', '/v1/webhook-endpoints/{endpointId}', {
  summary: 'Remove a webhook endpoint; nothing is sent to it any more',
  auth: { permission: 'event:webhook:delete' },
  params: byWebhookEndpoint,
  reply: { 204: nothing },
  problems: [webhookEndpointMissing],
  example: { params: exampleByWebhookEndpoint },
})

export const rotateWebhookSecret = operation(
  'POST',
  '/v1/webhook-endpoints/{endpointId}/secret-rotations',
  {
    summary: 'A new secret, shown in this answer alone; for 24 hours both sign',
    auth: { permission: 'event:webhook:update' },
    params: byWebhookEndpoint,
    reply: { 200: z.object({ secret, previousSecretUntil: timestamp }) },
    problems: [webhookEndpointMissing],
    example: {
      params: exampleByWebhookEndpoint,
      reply: { secret: exampleSecret, previousSecretUntil: examples.laterTime },
    },
  },
)

const aboutEndpoint = z.object({ endpointId: id('webhook_endpoint') })

/** Goes to one endpoint, because somebody wants to see it arrive; the log does not hold it. */
export const webhookTest = event('webhook.test', 1, aboutEndpoint, {
  key: 'endpointId',
  example: exampleByWebhookEndpoint,
})
/** Nothing is sent to an endpoint any more, and its owner did not ask for that. */
export const webhookDisabled = event(
  'webhook.disabled',
  1,
  aboutEndpoint.extend({ reason: webhookDisabledReason.exclude(['by_hand']) }),
  { key: 'endpointId', example: { ...exampleByWebhookEndpoint, reason: 'failing' } },
)
