import type { Context, RowsOf, Statement, Transaction } from '@prognetwork/contracts'
import type { EventContext } from './subscriptions.ts'

/**
 * What consuming needs of the service's database. The host gives it; statements outside `under`
 * run without a tenant, so tables of tenants are empty to them.
 */
export interface ConsumerDatabase {
  read<Row extends object>(one: Statement<Row>): Promise<Row[]>
  /** All in one transaction. */
  write<const List extends readonly Statement[]>(statements: List): Promise<RowsOf<List>>
  /**
   * One transaction that begins with `first`. It is rolled back when `work` throws, and also when
   * it returns without a commit.
   */
  consume<const List extends readonly Statement[], T>(
    first: List,
    work: (rows: RowsOf<List>, tx: ConsumerTransaction) => Promise<T>,
  ): Promise<T>
}

export interface ConsumerTransaction {
  /**
   * The same transaction under the tenant of `ctx`, until `work` has ended, which may be on behalf of
   * `others` of that tenant as well. What would leave the service is not written while `ctx` is
   * replaying.
   */
  under<T>(
    ctx: Context | EventContext,
    work: (tx: Transaction) => Promise<T>,
    others?: readonly Context[],
  ): Promise<T>
  /** Runs the last statements and commits; nothing may follow. */
  commit(last: readonly Statement[]): Promise<void>
}

/** What a failure means for the event that was being handled. */
export type FailureKind =
  /** The handler refused the event: trying again is of no use. */
  | 'problem'
  /** The database cannot be reached: not the event's fault. */
  | 'unavailable'
  | 'error'
