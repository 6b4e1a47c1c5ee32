import { contract } from '../operation.ts'
import { cancelJob, listJobs, readJob, retryJob } from './jobs.ts'

export * from './events.ts'
export { jobMissing, jobProgress, jobUnfit } from './jobs.ts'

export const workerContract = contract('worker-service', {
  listJobs,
  readJob,
  cancelJob,
  retryJob,
})
