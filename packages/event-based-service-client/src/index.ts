export type {
  ConsumerDatabase,
  ConsumerTransaction,
  FailureKind,
} from './consumer-database.ts'
export {
  type ConsumerRunner,
  type ConsumerRunnerOptions,
  type ConsumerTimes,
  runConsumers,
} from './consumer-runner.ts'
export { createDatabaseLogSource } from './database-log-source.ts'
export type { BeginEvent, BegunEvent } from './event-work.ts'
export {
  createDatabaseFeed,
  createRemoteFeed,
  type FollowedPage,
  type LogFeed,
} from './log-feed.ts'
export {
  type LogEnd,
  type LogHead,
  type LogPage,
  type LogSource,
  logName,
  type ReplayWindow,
} from './log-source.ts'
export type { DecryptPersonal, LoggedEvent, SealedField } from './logged-event.ts'
export { Outage } from './outage.ts'
export { redrive, unparkFirst } from './parked.ts'
export {
  createPublisher,
  type EncryptPersonal,
  type Publication,
  partitionCount,
  partitionOf,
  personalFieldsOf,
  publicationsOf,
} from './publisher.ts'
export {
  type Consumer,
  type ConsumerHandler,
  type EventContext,
  isReplaying,
  type Lot,
  on,
  onLot,
  type Received,
  type ReceivedEvent,
  type Watch,
  type WatchHandler,
  watch,
} from './subscriptions.ts'
export {
  type CopiedEvent,
  type Copy,
  type CopyWriter,
  LotTooLarge,
  type Watermark,
} from './transport/copy.ts'
export { openTransport, type TransportSettings } from './transport/open-transport.ts'
export { createPostgresTransport } from './transport/postgres.ts'
export { type Transport, TransportUnavailable } from './transport/transport.ts'
export type { Moved, MoveWakeUps, Peers, WrittenEvent, WrittenEvents } from './wake-ups.ts'
export { runWatches, type Watcher } from './watcher.ts'
export { readWritten } from './written-version.ts'
