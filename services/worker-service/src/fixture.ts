import { type Database, type Fixture, newId } from '@prognetwork/shared-infrastructure'
import { cancelQueued, insertJob } from './jobs/jobs.store.ts'

/** A job that was cancelled before it began. */
export function createFixture({ db }: { readonly db: Database }): Fixture {
  return async (ctx, { marker }) => {
    const id = newId()
    const { principal, trace } = ctx
    const record = {
      ...{ id, service: 'product-service', kind: 'catalogue_export', priority: 0 },
      ...{ input: { note: marker }, requestedBy: principal.subject, maxAttempts: 5, trace },
      principal: { ...principal, permissions: [] },
      createdAt: ctx.now,
    }
    await db.batch({ ...ctx }, [
      insertJob(JSON.stringify(record), ctx.now),
      cancelQueued(id, ctx.now),
    ])
    return { job: id }
  }
}
