import type { Context, RowsOf, Statement, Transaction } from '@prognetwork/contracts'
import { scopeOf } from '../service/scope.ts'
import type { Audit } from './audit.ts'
import type { DatabaseInternals } from './database.ts'
import { statement } from './statement.ts'

/**
 * The door to every tenant's rows, under the service's platform role. `reason` is read by whoever
 * is answerable: with a person behind the work it becomes an audit row of the same transaction;
 * a service's own uses are counted.
 */
export interface PlatformDoor {
  transaction<T>(
    ctx: Context,
    reason: string,
    work: (tx: PlatformTransaction) => Promise<T>,
  ): Promise<T>
  /** All statements in one transaction and one round trip; none may need another's result. */
  batch<const List extends readonly Statement[]>(
    ctx: Context,
    reason: string,
    statements: List,
  ): Promise<RowsOf<List>>
  read<Row extends object>(ctx: Context, reason: string, one: Statement<Row>): Promise<Row[]>
  /**
   * The service itself at work in a tenant, in the trace of `ctx`: for what follows from a
   * person's work later, such as a saga, and is nobody's own.
   */
  enter(ctx: Context, tenantId: string, reason: string): Context
}

/** A transaction that may work for one tenant after the other; all of it commits or none. */
export interface PlatformTransaction extends Transaction {
  /** Runs statements under another tenant; `ctx` is the same work in that tenant's scope. */
  within<const List extends readonly Statement[]>(
    tenantId: string,
    statements: (ctx: Context) => Promise<List> | List,
  ): Promise<RowsOf<List>>
}

const setTenant = statement<{ tenantId: string }, [tenantId: string]>(
  'scope.set',
  `select set_config('app.tenant_id', $1, true) as "tenantId"`,
)

export function createPlatformDoor(options: {
  readonly database: DatabaseInternals
  readonly audit: Audit
  readonly onUse: (reason: string) => void
  readonly systemContext: (tenantId: string) => Context
}): PlatformDoor {
  const auditUse = (ctx: Context, reason: string): Statement[] => {
    options.onUse(reason)
    return ctx.principal.kind === 'service'
      ? []
      : [
          options.audit(ctx, {
            action: 'platform.accessed',
            outcome: 'success',
            detail: { reason },
          }),
        ]
  }
  return {
    transaction: (ctx, reason, work) =>
      options.database.transaction(ctx, async (tx) => {
        for (const row of auditUse(ctx, reason)) await tx.run(row)
        return work({ ...tx, within: (tenantId, make) => within(ctx, tx, tenantId, make) })
      }),
    async batch(ctx, reason, statements) {
      const audit = auditUse(ctx, reason)
      const rows = await options.database.batch(ctx, [...statements, ...audit])
      return rows.slice(0, statements.length) as never
    },
    async read(ctx, reason, one) {
      const audit = auditUse(ctx, reason)
      if (audit.length === 0) return options.database.read(ctx, one)
      const [rows] = await options.database.batch(ctx, [one, ...audit])
      return (rows ?? []) as never
    },
    enter(ctx, tenantId, reason) {
      options.onUse(reason)
      return { ...options.systemContext(tenantId), trace: ctx.trace }
    },
  }
}

async function within<const List extends readonly Statement[]>(
  ctx: Context,
  tx: Transaction,
  tenantId: string,
  make: (ctx: Context) => Promise<List> | List,
): Promise<RowsOf<List>> {
  const statements = await make({ ...ctx, scope: scopeOf(tenantId) })
  await tx.run(setTenant(tenantId))
  const rows = await tx.batch(statements)
  await tx.run(setTenant(ctx.scope.tenantId))
  return rows
}
