// The consumer runner's door: one transaction over the events of several tenants, each under its
// own. The tenant is set in front of whatever runs, where it was another one, and an event's handle is
// closed with it, so that nothing of one event can run under the tenant of another.
import type { Context, RowsOf, Statement, Transaction } from '@prognetwork/contracts'
import {
  type ConsumerDatabase,
  isReplaying,
  publicationsOf,
  type WrittenEvent,
} from '@prognetwork/event-based-service-client'
import type pg from 'pg'
import { runInTransaction, type WireOptions } from './scoped-batch.ts'
import { Turns } from './turns.ts'

export interface ConsumeOptions {
  readonly readRows: (statements: readonly Statement[]) => Promise<object[][]>
  readonly writeRows: (statements: readonly Statement[]) => Promise<object[][]>
  readonly withClient: <T>(use: (client: pg.PoolClient) => Promise<T>) => Promise<T>
  /** Refuses calls to other services under these contexts while `work` runs. */
  readonly whileOpen: <T>(contexts: readonly Context[], work: () => Promise<T>) => Promise<T>
  readonly wire: WireOptions
  /** Told after a commit that wrote events. */
  readonly onCommit: (written: readonly WrittenEvent[]) => void
}

const begin: Statement = { name: 'begin', text: 'begin', values: [] }
const commit: Statement = { name: 'commit', text: 'commit', values: [] }

export function createConsumerDatabase(options: ConsumeOptions): ConsumerDatabase {
  const { wire } = options
  return {
    async read(one) {
      const [rows] = await options.readRows([one])
      return (rows ?? []) as never
    },
    async write(statements) {
      return (await options.writeRows(statements)) as never
    },
    async consume<const List extends readonly Statement[], T>(
      first: List,
      work: (rows: RowsOf<List>, tx: ConsumerHandles) => Promise<T>,
    ): Promise<T> {
      let committed = false
      const written: WrittenEvent[] = []
      const result = await options.withClient(async (client) => {
        const turns = new Turns(client, wire)
        try {
          const [, ...rows] = await runInTransaction(client, [begin, ...first], wire)
          return await work(rows as never, {
            under: (ctx, use, others = []) =>
              options.whileOpen([ctx, ...others], async () => {
                const handle = openHandle(turns, ctx, (one) => written.push(one))
                try {
                  return await use(handle.tx)
                } finally {
                  handle.close()
                }
              }),
            async commit(last) {
              turns.end()
              await runInTransaction(client, [...last, commit], wire)
              committed = true
            },
          })
        } finally {
          turns.drop()
          if (!committed) await client.query('rollback').catch(() => {})
        }
      })
      if (committed && written.length > 0) options.onCommit(written)
      return result
    },
  }
}

type ConsumerHandles = Parameters<Parameters<ConsumerDatabase['consume']>[1]>[1]

/**
 * The transaction as one event sees it. While history is handled again, tables whose rows leave the
 * service take none: the database sees to that, whatever a handler does.
 */
function openHandle(
  turns: Turns,
  ctx: Context,
  onPublication: (one: WrittenEvent) => void,
): { tx: Transaction; close(): void } {
  const isReplay = isReplaying(ctx)
  let isOpen = true
  const send = async (statements: readonly Statement[]): Promise<object[][]> => {
    if (!isOpen) throw new Error('a handler used its transaction after it had ended')
    if (!isReplay) for (const one of statements.flatMap(publicationsOf)) onPublication(one)
    return turns.run(ctx.scope.tenantId, isReplay, statements)
  }
  return {
    tx: {
      async run(one) {
        const [rows] = await send([one])
        return (rows ?? []) as never
      },
      batch: async (statements) => (await send(statements)) as never,
    },
    close() {
      isOpen = false
    },
  }
}
