import type { Context, Statement } from '@prognetwork/contracts'
import { newId } from '../service/identifier.ts'
import type { RealTime } from '../service/time.ts'
import { command } from './statement.ts'

/** Something that must be answerable for later; never holds a secret. */
export interface AuditEntry {
  /** `account.signed_in`, `tenant.suspended`: the aggregate and what happened to it. */
  readonly action: string
  readonly outcome: 'success' | 'failure'
  /** Whom it concerns, when that is not the principal. */
  readonly subject?: string
  /** `order/0190...` */
  readonly resource?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** An audit row as a statement: it commits with what it describes, or not at all. */
export type Audit = (ctx: Context, entry: AuditEntry) => Statement

const insertAudit = command<unknown[]>(
  'audit.insert',
  `insert into audit (id, at, action, outcome, subject, actor, resource, detail, address, trace_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)

/** An audit row carries real time, whatever a tenant's test clock says. */
export function createAudit(realTime: RealTime): Audit {
  return (ctx, entry) =>
    insertAudit(
      newId(),
      realTime.now(),
      entry.action,
      entry.outcome,
      entry.subject ?? ctx.principal.subject,
      ctx.principal.actor?.subject ?? null,
      entry.resource ?? null,
      JSON.stringify(entry.detail ?? {}),
      ctx.address ?? null,
      ctx.trace.traceId,
    )
}
