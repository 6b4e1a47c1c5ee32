export { findRunningServer } from './running-server.ts'
export { startPostgres } from './supervisor.ts'
export { startTemporaryPostgres } from './temporary.ts'
