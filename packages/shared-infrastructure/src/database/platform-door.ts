import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import type { Audit } from './audit.ts'
import type { DatabaseInternals } from './database.ts'

/**
 * The door to every tenant's rows, under the service's platform role. `reason` is read by whoever
 * is answerable: with a person behind the work it becomes an audit row of the same transaction;
 * a service's own uses are counted.
 */
export interface PlatformDoor {
  transaction<T>(ctx: Context, reason: string, work: (tx: Transaction) => Promise<T>): Promise<T>
  read<Row extends object>(ctx: Context, reason: string, one: Statement<Row>): Promise<Row[]>
}

export function createPlatformDoor(options: {
  readonly database: DatabaseInternals
  readonly audit: Audit
  readonly onUse: (reason: string) => void
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
        return work(tx)
      }),
    async read(ctx, reason, one) {
      const audit = auditUse(ctx, reason)
      if (audit.length === 0) return options.database.read(ctx, one)
      const [rows] = await options.database.batch(ctx, [one, ...audit])
      return (rows ?? []) as never
    },
  }
}
