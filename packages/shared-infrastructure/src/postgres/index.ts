export { startPostgres } from './supervisor.ts'
export { startTemporaryPostgres } from './temporary.ts'
