import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, RowsOf, Statement, Transaction } from '@prognetwork/contracts'
import {
  type ConsumerDatabase,
  isReplaying,
  publicationsOf,
  type WrittenEvent,
} from '@prognetwork/event-based-service-client'
import type pg from 'pg'
import { Unavailable } from '../service/failure.ts'
import { type Connections, wireTypes } from './connections.ts'
import { createConsumerDatabase } from './consume.ts'
import {
  type AnswerStatement,
  ClaimTaken,
  claimFailure,
  claimStatement,
  findAnswer,
  type IdempotencyClaim,
  isAnswer,
  type StoredAnswer,
  writeAnswer,
} from './idempotency.ts'
import { runScoped } from './scoped-batch.ts'

/** A context that may carry an unanswered idempotency claim; the host makes it. */
export interface WorkContext extends Context {
  readonly idempotency?: IdempotencyClaim
}

/**
 * The doors to a service's own rows. Each takes the context, reads the tenant from it and sets it
 * in the same round trip; nobody holds a raw client.
 */
export interface Database {
  /** Rows of one statement, over the read lane. */
  read<Row extends object>(ctx: Context, one: Statement<Row>): Promise<Row[]>
  /** Rows of several statements that see one moment, over the read lane. */
  readAll<const List extends readonly Statement[]>(
    ctx: Context,
    statements: List,
  ): Promise<RowsOf<List>>
  /** All statements in one transaction and one round trip; none may need another's result. */
  batch<const List extends readonly Statement[]>(
    ctx: Context,
    statements: List,
  ): Promise<RowsOf<List>>
  /** For when one statement needs another's result. `call` is refused inside. */
  transaction<T>(ctx: Context, work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * A look-up before a tenant is known, through a definer function that returns one row. Runs
   * under no tenant, so every table is empty to it.
   */
  lookup<Row extends object>(one: Statement<Row>): Promise<Row | undefined>
}

export interface DatabaseInternals extends Database {
  /** The consumer runner's door. */
  readonly consuming: ConsumerDatabase
  storedAnswer(ctx: WorkContext, claim: IdempotencyClaim): Promise<StoredAnswer | undefined>
  /** Resolves when the database answers; rejects when it does not. */
  ping(): Promise<void>
  waiting(): number
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly service: string
  readonly connections: Connections
  /** False behind a pooler without prepared statements. */
  readonly named: boolean
  readonly onStatements?: (
    lane: 'read' | 'write',
    count: number,
    durationMs: number,
    outcome: 'ok' | 'unavailable' | 'error',
  ) => void
  /** Told after a commit that wrote events, so that they are moved at once. */
  readonly onCommit?: (written: readonly WrittenEvent[]) => void
}

const noTenant = ''
const maxAttempts = 3

export function createDatabase(options: DatabaseOptions): DatabaseInternals {
  const wire = { named: options.named, types: wireTypes }

  async function observed<T>(
    lane: 'read' | 'write',
    count: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const started = performance.now()
    let outcome: 'ok' | 'unavailable' | 'error' = 'ok'
    try {
      return await work()
    } catch (error) {
      const failure = asUnavailable(error, options.service)
      outcome = failure instanceof Unavailable ? 'unavailable' : 'error'
      throw failure
    } finally {
      options.onStatements?.(lane, count, performance.now() - started, outcome)
    }
  }

  async function readRows(tenantId: string, statements: readonly Statement[]): Promise<object[][]> {
    return observed('read', statements.length, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await runScoped(await options.connections.reader(), tenantId, statements, wire)
        } catch (error) {
          // Reads repeat safely: a batch ahead in the pipeline failed before it prepared a
          // statement this one relies on (26000), or the connection ended under it.
          if (attempt === maxAttempts || !(isCode(error, '26000') || isDisconnect(error)))
            throw error
        }
      }
    })
  }

  async function writeRows(tenantId: string, statements: readonly Statement[]) {
    return observed('write', statements.length, () =>
      retried(() =>
        options.connections.withWriter((client) => runScoped(client, tenantId, statements, wire)),
      ),
    )
  }

  const database: DatabaseInternals = {
    async read(ctx, one) {
      const [rows] = await readRows(ctx.scope.tenantId, [one])
      return (rows ?? []) as never
    },
    async readAll(ctx, statements) {
      return (await readRows(ctx.scope.tenantId, statements)) as never
    },
    async batch(ctx, statements) {
      refuseReplay(ctx, options.service)
      const answered = statements.findIndex(isAnswer)
      const claim = claimFor(ctx, statements[answered], options.service)
      const sent = claim
        ? [claim, ...statements.filter((_, index) => index !== answered)]
        : statements.filter((_, index) => index !== answered)
      const rows = await writeRows(ctx.scope.tenantId, sent)
      const written = statements.flatMap(publicationsOf)
      if (written.length > 0) options.onCommit?.(written)
      if (claim) rows.shift()
      if (answered !== -1) rows.splice(answered, 0, [])
      return rows as never
    },
    async transaction(ctx, work) {
      refuseReplay(ctx, options.service)
      const { result, written } = await observed('write', 1, () =>
        retried(() =>
          options.connections.withWriter((client) => runTransaction(client, ctx, work, options)),
        ),
      )
      if (written.length > 0) options.onCommit?.(written)
      return result
    },
    consuming: createConsumerDatabase({
      readRows: (statements) => readRows(noTenant, statements),
      writeRows: (statements) => writeRows(noTenant, statements),
      withClient: (use) => observed('write', 1, () => options.connections.withWriter(use)),
      whileOpen,
      wire,
      onCommit: (written) => options.onCommit?.(written),
    }),
    async lookup(one) {
      const [rows] = await readRows(noTenant, [one])
      return rows?.[0] as never
    },
    async storedAnswer(ctx, claim) {
      const one = findAnswer(claim.principal, claim.operation, claim.key)
      return (await database.read(ctx, one))[0]
    },
    async ping() {
      await readRows(noTenant, [{ text: 'select 1', values: [] }])
    },
    waiting: () => options.connections.waiting(),
    close: () => options.connections.close(),
  }
  return database
}

/**
 * The claim and the answer as the one statement that goes first. A batch under an Idempotency-Key
 * that brings no answer is a bug: its effect could be repeated.
 */
function claimFor(
  ctx: WorkContext,
  answer: Statement | undefined,
  service: string,
): Statement | undefined {
  if (!ctx.idempotency) return undefined
  if (!answer || !isAnswer(answer))
    throw new Error(`${service}: ${ctx.idempotency.operation} writes without ctx.answer(...)`)
  return claimStatement(ctx.idempotency, answer.answer)
}

/** What a consumer writes beside its transaction would leave the service, and come twice. */
function refuseReplay(ctx: Context, service: string): void {
  if (isReplaying(ctx))
    throw new Error(`${service} handles history, which is written through the handler's tx alone`)
}

const openTransactions = new WeakSet<Context>()

/** True while a transaction of this context is open; a call to another service is refused then. */
export function inTransaction(ctx: Context): boolean {
  return openTransactions.has(ctx)
}

/** Refuses calls to other services under these contexts while `work` runs. */
async function whileOpen<T>(contexts: readonly Context[], work: () => Promise<T>): Promise<T> {
  for (const ctx of contexts) openTransactions.add(ctx)
  try {
    return await work()
  } finally {
    for (const ctx of contexts) openTransactions.delete(ctx)
  }
}

async function runTransaction<T>(
  client: pg.PoolClient,
  ctx: WorkContext,
  work: (tx: Transaction) => Promise<T>,
  options: DatabaseOptions,
): Promise<{ result: T; written: readonly WrittenEvent[] }> {
  const claim = ctx.idempotency
  let answered = false
  const written: WrittenEvent[] = []
  const send = async (one: Statement): Promise<object[]> => {
    written.push(...publicationsOf(one))
    const sent = isAnswer(one) ? answerUpdate(claim, one) : one
    if (isAnswer(one)) answered = true
    if (!sent) return []
    const { rows } = await client.query({
      ...(options.named && sent.name !== undefined && { name: sent.name }),
      text: sent.text,
      values: [...sent.values],
    })
    return rows
  }
  await client.query('begin')
  try {
    await client.query({
      ...(options.named && { name: 'scope' }),
      text: "select set_config('app.tenant_id', $1, true)",
      values: [ctx.scope.tenantId],
    })
    if (claim) await send(claimStatement(claim, null))
    const result = await whileOpen([ctx], () =>
      work({
        run: (one) => send(one) as never,
        async batch(statements) {
          const rows: object[][] = []
          for (const one of statements) rows.push(await send(one))
          return rows as never
        },
      }),
    )
    if (claim && !answered)
      throw new Error(`${options.service}: ${claim.operation} writes without ctx.answer(...)`)
    // Work that swallowed a failed statement would otherwise be told that it was committed.
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error(`${options.service}: a statement failed unnoticed`)
    return { result, written }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

function answerUpdate(
  claim: IdempotencyClaim | undefined,
  one: AnswerStatement,
): Statement | undefined {
  return claim && writeAnswer(claim.principal, claim.operation, claim.key, one.answer)
}

/**
 * Deadlocks and serialization failures rolled everything back, so the work is done again; after a
 * moment, or it would meet the other one at the same place.
 */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const failure = claimFailure(error)
      if (failure) throw failure
      if (attempt === maxAttempts || !(isCode(error, '40P01') || isCode(error, '40001')))
        throw error
      await sleep(attempt * (10 + Math.random() * 40))
    }
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

const disconnects = new Set(['57P01', '57P02', '57P03', '08006', '08003', '08001', '53300'])

function isDisconnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    disconnects.has(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client was closed/.test(
      error.message,
    )
  )
}

/** Lost connections, a full pool and statements cut off by a timeout: the world, not the caller. */
function asUnavailable(error: unknown, service: string): unknown {
  if (error instanceof ClaimTaken) return error
  if (isDisconnect(error) || isCode(error, '57014') || isCode(error, '55P03'))
    return new Unavailable(`the database of ${service}`, { cause: error })
  return error
}
