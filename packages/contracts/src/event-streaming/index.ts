import { contract } from '../operation.ts'
import { followEvents } from './following.ts'
import {
  listWebhookDeliveries,
  readWebhookDelivery,
  recoverWebhookDeliveries,
  resendWebhookDelivery,
  sendTestWebhook,
} from './webhook-deliveries.ts'
import {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  listWebhookEndpoints,
  readWebhookEndpoint,
  removeWebhookEndpoint,
  rotateWebhookSecret,
} from './webhooks.ts'

export * from './cloud-event.ts'
export * from './following.ts'
export * from './webhook-deliveries.ts'
export * from './webhooks.ts'

const webhookOperations = {
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
}

export const eventStreamingContract = contract('event-streaming-service', {
  followEvents,
  ...webhookOperations,
})
