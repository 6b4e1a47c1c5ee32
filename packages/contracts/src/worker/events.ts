import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { id } from '../shapes.ts'
import { jobProgress } from './jobs.ts'

const aboutJob = z.object({
  jobId: id('job'),
  service: z.string(),
  kind: z.string(),
  requestedBy: z.string(),
})
const example = {
  jobId: examples.id(30),
  service: 'product-service',
  kind: 'catalogue_export',
  requestedBy: examples.id(),
}

export const jobSucceeded = event('job.succeeded', 1, aboutJob, { key: 'jobId', example })
export const jobFailed = event('job.failed', 1, aboutJob.extend({ code: z.string() }), {
  key: 'jobId',
  example: { ...example, code: 'product.file_unreadable' },
})
export const jobCancelled = event('job.cancelled', 1, aboutJob, { key: 'jobId', example })

/** For whoever watches a job as it goes; what it says is old a moment later. */
export const jobProgressed = event('job.progressed', 1, aboutJob.extend(jobProgress.shape), {
  key: 'jobId',
  example: { ...example, done: 500, total: 1_204, note: null },
  log: 'volatile',
})
