// What a service may import: everything else of this package belongs to the host.

export { type ClientOrigins, isLoopback, originFor } from './client/client-origins.ts'
export type { Audit, AuditEntry } from './database/audit.ts'
export type { ConnectionSettings } from './database/connections.ts'
export { onConstraint } from './database/constraint.ts'
export type { Database } from './database/database.ts'
export { deleteSubjectKey, forgetErasedSubjects } from './database/erased-subjects.ts'
export type { PlatformDoor, PlatformTransaction } from './database/platform-door.ts'
export { command, dynamicStatement, statement } from './database/statement.ts'
export { createDoor, type Door, type Identity } from './door/door.ts'
export { doorEvents } from './door/door-watches.ts'
export type { LastingConnection, Session } from './events/lasting-connection.ts'
export type { LogAccess } from './events/log-access.ts'
export { type Call, isStreamed } from './host/call.ts'
export type { Hearing } from './host/consumption.ts'
export type { Edge, Upstream } from './host/edge.ts'
export { jobRunsOf } from './host/job-runs.ts'
export { parkedKeysOf } from './host/parked-keys.ts'
export { replaysOf } from './host/replays.ts'
export { listPage, readCursor, writeCursor } from './http/list-page.ts'
export { outsideFailure } from './http/outside-failure.ts'
export { areNetworks } from './http/outside-networks.ts'
export {
  createOutsideRequests,
  type OutsideReply,
  type OutsideRequests,
} from './http/outside-requests.ts'
export { OutsideRefused } from './http/outside-rules.ts'
export { createTurns } from './jobs/turns.ts'
export { carryOut, type JobRun, type Work } from './jobs/work.ts'
export type { KeyRing } from './key-ring/key-ring.ts'
export {
  defineEdge,
  defineService,
  type EventPublisher,
  every,
  type Fixture,
  type Handler,
  type Handlers,
  type IdempotentContext,
  type JobContext,
  type Parts,
  type PersonalData,
  type Running,
  type ServiceDefinition,
} from './service/definition.ts'
export { type InputError, Problem, Unavailable } from './service/failure.ts'
export { newId } from './service/identifier.ts'
export { createLots } from './service/lots.ts'
export { later, type RealTime } from './service/time.ts'
export { shownAmount } from './shown/shown-amount.ts'
export { shownCountry, shownDate } from './shown/shown-words.ts'
export type { ServiceFigure } from './telemetry/metrics.ts'
export type { Observe } from './telemetry/observe.ts'
export { createThread, type Thread, ThreadLost } from './threads/thread.ts'
