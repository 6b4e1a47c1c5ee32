export { createEventClient, type EventClient, type NewEvent, type PublishedId } from './client.ts'
export type { Event, EventTypes } from './event.ts'
export { EventProblem } from './problem.ts'
export { readWebhook, type WebhookRequest } from './webhook.ts'
