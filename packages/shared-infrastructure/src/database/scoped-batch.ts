import type { Statement } from '@prognetwork/contracts'
import pg, { type QueryResult } from 'pg'
import Result from 'pg/lib/result.js'
import utils from 'pg/lib/utils.js'

/** The slice of pg's connection that a submittable writes to; pg publishes no types for it. */
interface WireConnection {
  readonly stream: { cork(): void; uncork(): void }
  readonly parsedStatements: Record<string, string | undefined>
  readonly submittedNamedStatements: Record<string, string | undefined>
  parse(message: { text: string; name: string }): void
  bind(message: object): void
  describe(message: object): void
  execute(message: object): void
  sync(): void
}

/** What follows in the transaction is this tenant's. */
export const scopeTo = (tenantId: string): Statement => ({
  name: 'scope',
  text: "select set_config('app.tenant_id', $1, true)",
  values: [tenantId],
})

/**
 * Several statements in one implicit transaction and one network round trip: everything between
 * two Syncs of the extended protocol commits or fails together, so the tenant setting made by the
 * first message lives exactly as long as the statements behind it, also through a pooler.
 *
 * It inherits from pg.Query by prototype, because a pipelined client refuses other classes.
 */
class ScopedBatch {
  private readonly statements: readonly Statement[]
  private readonly results: QueryResult[]
  private readonly settle: (error: Error | null, rows?: object[][]) => void
  private readonly named: boolean
  private readonly scoped: boolean
  private position = 0
  private failure: Error | undefined
  callback: ((error: Error | null) => void) | undefined

  constructor(
    tenantId: string | undefined,
    statements: readonly Statement[],
    options: WireOptions,
    settle: (error: Error | null, rows?: object[][]) => void,
  ) {
    this.scoped = tenantId !== undefined
    this.statements = tenantId === undefined ? statements : [scopeTo(tenantId), ...statements]
    this.named = options.named
    this.results = this.statements.map(() => new Result('', options.types))
    this.settle = settle
    // pg overwrites and calls `callback` when a connection breaks or a query times out.
    this.callback = (error) => this.finish(error)
  }

  /** pg notes the parsed statement of the moment under these two. */
  get name(): string | undefined {
    return this.named ? this.current?.name : undefined
  }
  get text(): string | undefined {
    return this.current?.text
  }
  private get current(): Statement | undefined {
    return this.statements[Math.min(this.position, this.statements.length - 1)]
  }

  submit(connection: WireConnection): Error | null {
    connection.stream.cork()
    try {
      for (const one of this.statements) this.send(connection, one)
    } catch (error) {
      // A value that cannot be written: end the half-sent batch so that the server rolls it back.
      this.failure = error instanceof Error ? error : new Error(String(error))
    } finally {
      if (this.failure) this.poison(connection)
      connection.sync()
      connection.stream.uncork()
    }
    return null
  }

  private send(connection: WireConnection, one: Statement): void {
    const name = this.named ? (one.name ?? '') : ''
    const known = connection.parsedStatements[name] ?? connection.submittedNamedStatements[name]
    if (name !== '' && known !== undefined && known !== one.text)
      throw new Error(`two statements share the name ${name}`)
    if (name === '' || known === undefined) {
      connection.parse({ text: one.text, name })
      if (name !== '') connection.submittedNamedStatements[name] = one.text
    }
    connection.bind({
      portal: '',
      statement: name,
      values: one.values,
      valueMapper: utils.prepareValue,
    })
    connection.describe({ type: 'P', name: '' })
    connection.execute({ portal: '', rows: 0 })
  }

  private poison(connection: WireConnection): void {
    connection.parse({ text: 'this batch could not be written', name: '' })
  }

  handleRowDescription(message: { fields: never }): void {
    this.result.addFields(message.fields)
  }
  handleDataRow(message: { fields: never }): void {
    try {
      this.result.addRow(this.result.parseRow(message.fields))
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error))
    }
  }
  handleCommandComplete(message: never): void {
    this.result.addCommandComplete(message)
    this.position++
  }
  handleEmptyQuery(): void {
    this.position++
  }
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  private get result(): ResultParser {
    const result = this.results[this.position]
    if (!result) throw new Error('the server answered more statements than were sent')
    return result as unknown as ResultParser
  }

  handleError(error: Error, connection?: WireConnection): void {
    // The server skips everything up to the Sync, so the parses behind the failing statement never
    // happened; forgetting them makes the next batch send them again.
    if (connection && this.named)
      for (const one of this.statements.slice(this.position))
        if (one.name !== undefined) delete connection.submittedNamedStatements[one.name]
    this.finish(this.failure ?? error)
  }
  handleReadyForQuery(): void {
    const rows = this.results.slice(this.scoped ? 1 : 0).map((result) => result.rows)
    this.finish(this.failure ?? null, rows)
  }

  private finish(error: Error | null, rows?: object[][]): void {
    if (!this.callback) return
    this.callback = undefined
    this.settle(error, rows)
  }
}
Object.setPrototypeOf(ScopedBatch.prototype, pg.Query.prototype)

interface ResultParser {
  addFields(fields: never): void
  parseRow(fields: never): object
  addRow(row: object): void
  addCommandComplete(message: never): void
}

/**
 * Runs the statements under one tenant in one round trip; all commit or none. Rows of each, in
 * order. `named: false` sends every statement unnamed, for a pooler that knows no prepared ones.
 */
export function runScoped(
  client: pg.ClientBase,
  tenantId: string,
  statements: readonly Statement[],
  options: WireOptions,
): Promise<object[][]> {
  return send(client, tenantId, statements, options)
}

/**
 * The same under whatever tenant the open transaction is under. `begin` and `commit` may be among
 * the statements; what is between them belongs to one transaction.
 */
export function runInTransaction(
  client: pg.ClientBase,
  statements: readonly Statement[],
  options: WireOptions,
): Promise<object[][]> {
  return send(client, undefined, statements, options)
}

export interface WireOptions {
  readonly named: boolean
  readonly types: pg.CustomTypesConfig
}

function send(
  client: pg.ClientBase,
  tenantId: string | undefined,
  statements: readonly Statement[],
  options: WireOptions,
): Promise<object[][]> {
  return new Promise((resolve, reject) => {
    const batch = new ScopedBatch(tenantId, statements, options, (error, rows) =>
      error ? reject(error) : resolve(rows ?? []),
    )
    client.query(batch as unknown as pg.Submittable)
  })
}
