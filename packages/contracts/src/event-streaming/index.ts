import { contract } from '../operation.ts'
import { appendEvents } from './appending.ts'
import { runCommand, runQuery } from './commands.ts'
import {
  listDeadLetters,
  readDeadLetter,
  redriveDeadLetters,
  skipDeadLetter,
} from './dead-letters.ts'
import { listEvents, listStreams, openStream, publishEvents, readEvent } from './events.ts'
import { followEvents } from './following.ts'
import {
  acknowledgeEvents,
  fetchEvents,
  listGroups,
  putGroup,
  removeGroup,
  seekGroup,
} from './groups.ts'
import { readLog, readLogEnd, readLogWindow, readReadingRights } from './reading.ts'
import {
  cancelReplay,
  listReplays,
  pauseReplay,
  readReplay,
  resumeReplay,
  startReplay,
} from './replays.ts'
import {
  checkCompatibility,
  listSchemas,
  listSchemaVersions,
  readSchemaVersion,
  registerSchema,
} from './schemas.ts'
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

export * from './appending.ts'
export * from './cloud-event.ts'
export * from './commands.ts'
export * from './dead-letters.ts'
export * from './events.ts'
export * from './following.ts'
export * from './groups.ts'
export * from './reading.ts'
export * from './replays.ts'
export * from './schemas.ts'
export * from './webhook-deliveries.ts'
export * from './webhooks.ts'

const webhookOperations = {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  readWebhookDelivery,
  readWebhookEndpoint,
  recoverWebhookDeliveries,
  removeWebhookEndpoint,
  resendWebhookDelivery,
  rotateWebhookSecret,
  sendTestWebhook,
}

const replayOperations = {
  cancelReplay,
  listReplays,
  pauseReplay,
  readReplay,
  resumeReplay,
  startReplay,
}

export const eventStreamingContract = contract('event-streaming-service', {
  acknowledgeEvents,
  appendEvents,
  checkCompatibility,
  fetchEvents,
  followEvents,
  listDeadLetters,
  listEvents,
  listGroups,
  listSchemas,
  listSchemaVersions,
  listStreams,
  openStream,
  publishEvents,
  putGroup,
  readDeadLetter,
  readLog,
  readLogEnd,
  readLogWindow,
  readReadingRights,
  readEvent,
  readSchemaVersion,
  redriveDeadLetters,
  registerSchema,
  removeGroup,
  runCommand,
  runQuery,
  seekGroup,
  skipDeadLetter,
  ...replayOperations,
  ...webhookOperations,
})
