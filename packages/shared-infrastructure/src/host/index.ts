// The host's side of the package, for the command line, the tests and the gateway.

export {
  type ClientOrigins,
  clientOrigin,
  localClientOrigins,
} from '../client/client-origins.ts'
export type { RolePasswords } from '../database/bootstrap.ts'
export { bootstrapDatabase } from '../database/bootstrap.ts'
export {
  type ConnectionSettings,
  connectDirectly,
  parseDatabaseUrl,
} from '../database/connections.ts'
export type { NewLives } from '../database/incarnations.ts'
export { migrate, readMigrations } from '../database/migrations.ts'
export { eventWriterRole, logOwner, schemaOf } from '../database/ownership.ts'
export { probePooling } from '../database/pooler.ts'
export { type Handover, handOver, handoverOf } from '../door/handover.ts'
export { createLogAccess } from '../events/log-access.ts'
export { createPeers } from '../events/peers.ts'
export { createWakeUps, type WakeUps } from '../events/wake-ups.ts'
export { problemReply } from '../http/problem-reply.ts'
export { createJobContext } from '../jobs/job-context.ts'
export { createKeyRing, loadKeyRing } from '../key-ring/index.ts'
export { type AnyDefinition, isEdge } from '../service/definition.ts'
export { createRealTime } from '../service/time.ts'
export { openTemporaryFolder } from '../storage/temporary.ts'
export type { Backstage, TenantOwner } from './backstage.ts'
export { besidePlatform } from './beside-platform.ts'
export { type DatabaseFindings, inspectDatabase } from './inspection.ts'
export {
  openInstallation,
  passwordRoles,
  prepareDatabase,
  renewLogs,
  roleConnections,
  serviceConnections,
} from './installation.ts'
export { type RunningPlatform, startPlatform } from './platform.ts'
export type { PlatformOptions } from './platform-options.ts'
export { createRemoteLogSource, followMoves } from './remote-log.ts'
export { refuseUnknownRoutes, routeOf } from './service-app.ts'
export {
  readServiceDirectory,
  readServiceSecrets,
  writeServiceDirectory,
} from './service-directory.ts'
