import { productJobRequested } from '@prognetwork/contracts/product'
import { subjectErased } from '@prognetwork/contracts/user'
import {
  jobCancelled,
  jobFailed,
  jobProgressed,
  jobSucceeded,
  workerContract,
} from '@prognetwork/contracts/worker'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createCarrying } from './carrying/carrying.ts'
import { createFixture } from './fixture.ts'
import { erasure } from './jobs/erasure.ts'
import { createJobs } from './jobs/jobs.ts'
import { createRequests } from './jobs/requests.ts'
import { installQueue, queueRole } from './queue/install.ts'
import { createQueue } from './queue/queue.ts'

/** One for each service that has work carried out. */
const requested = [productJobRequested]

export default defineService({
  name: 'worker-service',
  port: 3013,
  summary: 'Tracked jobs: asked for, carried out by the services whose work they are, followed',
  config: z.object({
    atOnce: z.coerce
      .number()
      .int()
      .min(1)
      .max(64)
      .default(8)
      .describe('How many jobs each process follows at once'),
    perTenant: z.coerce
      .number()
      .int()
      .min(1)
      .max(64)
      .default(2)
      .describe('How many jobs of one tenant are carried out at once'),
  }),
  contract: workerContract,
  publishes: [jobCancelled, jobFailed, jobProgressed, jobSucceeded],
  consumes: [...requested, subjectErased],
  needs: [],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    queue: { role: queueRole, install: installQueue },
    everyTenant: [
      { table: 'job', role: 'platform', reason: 'what was left lying is found in every tenant' },
    ],
    personalData: [
      {
        table: 'job',
        columns: ['input', 'principal', 'result'],
        subject: 'requested_by',
        rule: 'erase',
      },
    ],
  },
  start(parts) {
    const { config, queue: settings } = parts
    const { atOnce, perTenant } = config
    if (!settings) throw new Error('worker-service has no queue')
    const jobs = createJobs({ ...parts, perTenant })
    const carrying = createCarrying({ ...parts, perTenant })
    const queue = createQueue({ ...parts, settings, atOnce })
    return {
      handlers: {
        listJobs: jobs.list,
        readJob: jobs.read,
        cancelJob: jobs.cancel,
        retryJob: jobs.retry,
      },
      consumers: [...createRequests(requested), erasure],
      jobs: [
        every('30s', 'resume-jobs', carrying.resume),
        every('1h', 'forget-jobs', carrying.forget),
      ],
      fixture: createFixture(parts),
      async ready(ctx) {
        queue.start((tenantId, jobId) => carrying.carryOut(ctx, tenantId, jobId))
        return []
      },
      drain: carrying.stop,
      close: queue.stop,
    }
  },
})
