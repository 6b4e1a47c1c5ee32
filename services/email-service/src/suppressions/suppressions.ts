// Addresses that a tenant sends nothing to: mails came back from them for good, they called one spam,
// or somebody of the tenant says so.
import type { Context, Statement } from '@prognetwork/contracts'
import { type emailContract, suppressionMissing } from '@prognetwork/contracts/email'
import {
  type Audit,
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
  statement,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { suppressions } from '../tables.ts'

type EmailHandlers = Handlers<typeof emailContract>
type Suppression = Omit<typeof suppressions.$inferSelect, 'tenantId'>

const find = statement<Suppression, [address: string]>(
  'suppression.find',
  'select address, reason, since from suppression where address = $1',
)
const listAfter = statement<Suppression, [after: string | null, limit: number]>(
  'suppression.list',
  `select address, reason, since from suppression
   where $1::text is null or address > $1 order by address limit $2`,
)
/** What is known already stays as it was. */
const insert = statement<
  Suppression,
  [address: string, reason: Suppression['reason'], now: string]
>(
  'suppression.insert',
  `insert into suppression as s (address, reason, since) values ($1, $2, $3)
   on conflict (tenant_id, address) do update set reason = s.reason
   returning address, reason, since`,
)
const remove = statement<{ address: string }, [address: string]>(
  'suppression.remove',
  'delete from suppression where address = $1 returning address',
)

export function createSuppressions({
  db,
  audit,
}: {
  readonly db: Database
  readonly audit: Audit
}) {
  // Whose address it is stands in the row alone: what is audited stays when a person is erased.
  const noted = (ctx: Context, action: string) =>
    audit(ctx, { action, outcome: 'success', detail: {} })

  const list: EmailHandlers['listSuppressions'] = async (ctx, { query }) => {
    const [after = null] = readCursor(query.after, z.tuple([z.string()])) ?? []
    const rows = await db.read(ctx, listAfter(after, query.limit + 1))
    return listPage(rows, query.limit, (row) => [row.address])
  }

  const add: EmailHandlers['addSuppression'] = async (ctx, { body }) => {
    const [[row]] = await db.batch(ctx, [
      insert(body.address, 'asked', ctx.now),
      noted(ctx, 'mail_suppression.added'),
    ])
    if (!row) throw new Error('the suppression was not written')
    return row
  }

  const take: EmailHandlers['removeSuppression'] = async (ctx, { params }) =>
    db.transaction(ctx, async (tx) => {
      const [row] = await tx.run(remove(params.address))
      if (!row) throw new Problem(suppressionMissing, 'Look at the list of suppressions')
      await tx.run(noted(ctx, 'mail_suppression.removed'))
    })

  return {
    handlers: { listSuppressions: list, addSuppression: add, removeSuppression: take },
    async isSuppressed(ctx: Context, address: string): Promise<boolean> {
      const [row] = await db.read(ctx, find(address))
      return row !== undefined
    },
    /** For the transaction in which it comes to be known. */
    suppress: ({ now }: Context, address: string, reason: 'bounced' | 'complained'): Statement =>
      insert(address, reason, now),
  }
}

export type Suppressions = ReturnType<typeof createSuppressions>
