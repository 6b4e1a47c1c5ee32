import type { Context } from '@prognetwork/contracts'
import type { JobContext } from '@prognetwork/shared-infrastructure'

/** Does the work for rows of many tenants; one that fails holds up no other. */
export async function forEach<Row extends { readonly tenantId: string }>(
  job: JobContext,
  rows: readonly Row[],
  work: (ctx: Context, row: Row) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    try {
      await work(job.forTenant(row.tenantId), row)
    } catch (error) {
      job.log.warn({ error, ...row }, 'It is tried again later')
    }
  }
}
