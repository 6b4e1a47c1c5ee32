import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, timestamp } from '../shapes.ts'

export const jobMissing = problem('missing', 'worker.job_missing', 'There is no such job')
export const jobUnfit = problem(
  'conflict',
  'worker.job_unfit',
  'The job is not in a state in which this can be done',
)

const jobState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])

/** How far a job is; `total` is null while nobody knows it. */
export const jobProgress = z.object({
  done: z.int().min(0),
  total: z.int().min(0).nullable(),
  note: z.string().max(200).nullable(),
})

const job = z.object({
  id: id('job'),
  /** The service that carries it out, and what it is there. */
  service: z.string(),
  kind: z.string(),
  state: jobState,
  priority: z.int(),
  progress: jobProgress.nullable(),
  /** What it came to; its fields are those of the kind. */
  result: z.record(z.string(), z.unknown()).nullable(),
  /** Why it failed, or why it is tried again. */
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  /** How often it was tried to an end, of how many times. */
  attempts: z.int(),
  maxAttempts: z.int(),
  requestedBy: z.string(),
  traceId: z.string(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
})

const exampleJob = {
  id: examples.id(30),
  service: 'product-service',
  kind: 'catalogue_export',
  state: 'succeeded',
  priority: 0,
  progress: { done: 1_204, total: 1_204, note: null },
  result: { rows: 1_204 },
  error: null,
  attempts: 1,
  maxAttempts: 5,
  requestedBy: examples.id(),
  traceId: examples.traceId,
  createdAt: examples.time,
  startedAt: examples.time,
  endedAt: examples.laterTime,
} as const

export const listJobs = operation('GET', '/v1/jobs', {
  summary: 'Jobs of the tenant, the newest first',
  auth: { permission: 'worker:job:read' },
  query: pageQuery.extend({ state: jobState.optional(), kind: z.string().max(100).optional() }),
  reply: { 200: page(job) },
  example: { query: { state: 'succeeded' }, reply: { items: [exampleJob], next: null } },
})

const byJob = z.strictObject({ jobId: id('job') })
const exampleParams = { jobId: exampleJob.id }

export const readJob = operation('GET', '/v1/jobs/{jobId}', {
  summary: 'How far a job is, and what it came to',
  auth: { permission: 'worker:job:read' },
  params: byJob,
  reply: { 200: job },
  problems: [jobMissing],
  example: { params: exampleParams, reply: exampleJob },
})

export const cancelJob = operation('POST', '/v1/jobs/{jobId}/cancel', {
  summary: 'Have a job not be done, or be left; one that runs ends when its work notices',
  auth: { permission: 'worker:job:update' },
  params: byJob,
  reply: { 200: job },
  problems: [jobMissing, jobUnfit],
  example: {
    params: exampleParams,
    reply: { ...exampleJob, state: 'cancelled', progress: null, result: null },
  },
})

export const retryJob = operation('POST', '/v1/jobs/{jobId}/retry', {
  summary: 'Do a job that failed or was cancelled from its beginning',
  auth: { permission: 'worker:job:update' },
  params: byJob,
  reply: { 200: job },
  problems: [jobMissing, jobUnfit],
  example: {
    params: exampleParams,
    reply: { ...exampleJob, state: 'queued', attempts: 0, result: null, endedAt: null },
  },
})
