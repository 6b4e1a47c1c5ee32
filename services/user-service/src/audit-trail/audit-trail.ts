import type { Context, Input, Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { type Database, listPage, readCursor, statement } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'

type List = typeof userContract.operations.listAudit

const listRows = statement<
  Output<List>['items'][number],
  [subject: string | null, before: string | null, limit: number]
>(
  'audit.list',
  `select id, at, action, outcome, subject, actor, resource, detail, address,
     trace_id as "traceId"
   from audit
   where ($1::text is null or subject = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)

/** What was done in a tenant, for those who are answerable for it. */
export function createAuditTrail({ db }: { db: Database }) {
  return {
    async list(ctx: Context, { query }: Input<List>): Promise<Output<List>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(
        ctx,
        listRows(query.subject ?? null, before ?? null, query.limit + 1),
      )
      return listPage(rows, query.limit, (row) => [row.id])
    },
  }
}
