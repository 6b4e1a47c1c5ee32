// A job is asked for by an event of the service whose work it is, and stands here from then on.
import type { Context, JobRequested } from '@prognetwork/contracts'
import { type Consumer, on } from '@prognetwork/event-based-service-client'
import { z } from 'zod'
import { admitSoon, insertJob } from './jobs.store.ts'

const workSchema = z.object({ input: z.unknown(), principal: z.looseObject({}) })

export function createRequests(requested: readonly JobRequested[]): readonly Consumer[] {
  return requested.map((event) =>
    on(event, async (ctx: Context, { source, time, data }, tx) => {
      // Whoever asked for it was erased, and what they wanted with them.
      if (data.work === null) return
      const { input, principal } = workSchema.parse(JSON.parse(data.work))
      const { traceId, spanId, sampled } = ctx.trace
      const record = {
        ...{ id: data.jobId, service: source, kind: data.kind, priority: data.priority },
        ...{ input, principal, requestedBy: data.requestedBy, maxAttempts: data.attempts },
        ...{ trace: { traceId, spanId, sampled }, createdAt: time },
      }
      await tx.batch([insertJob(JSON.stringify(record), ctx.now), admitSoon()])
    }),
  )
}
