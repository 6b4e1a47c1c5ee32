import type { Context, Log } from '@prognetwork/contracts'
import type { JobContext } from '../service/definition.ts'

/** What one run of a job is given; `forTenant` makes the service itself at work in a tenant. */
export function createJobContext(
  ctx: Context,
  forTenant: (tenantId: string) => Context,
  log: Log,
): JobContext {
  return {
    ...{ ctx, forTenant, log },
    async forEach(rows, work) {
      for (const row of rows) {
        const { tenantId, id } = row
        try {
          await work(forTenant(tenantId), row)
        } catch (error) {
          log.warn({ error, tenantId, ...(id !== undefined && { id }) }, 'It is tried again later')
        }
      }
    },
  }
}
