import { contract } from '../operation.ts'
import { runCommand, runQuery } from './commands.ts'
import { listEvents, listStreams, openStream, publishEvents } from './events.ts'
import { followEvents } from './following.ts'

export * from './cloud-event.ts'
export * from './commands.ts'
export * from './events.ts'
export * from './following.ts'

export const eventStreamingContract = contract('event-streaming-service', {
  followEvents,
  listEvents,
  listStreams,
  openStream,
  publishEvents,
  runCommand,
  runQuery,
})
