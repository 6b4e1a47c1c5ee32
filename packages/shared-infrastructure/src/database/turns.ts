// One connection and one open transaction, used by the work of several tenants at once. What waits while
// a round trip is under way shares the next one, each part under its own tenant.
import type { Statement } from '@prognetwork/contracts'
import type pg from 'pg'
import { runInTransaction, scopeTo, type WireOptions } from './scoped-batch.ts'

/** Statements of one tenant that are run together, before anybody else's. */
interface Turn {
  readonly tenantId: string
  readonly isReplay: boolean
  readonly statements: readonly Statement[]
  readonly settle: PromiseWithResolvers<object[][]>
}

const setReplaying = (isReplaying: boolean): Statement => ({
  name: 'scope.replaying',
  text: "select set_config('app.replaying', $1, true)",
  values: [isReplaying ? 'on' : 'off'],
})

/** So many statements go in one round trip at the most: what they answer is held at once. */
const maxStatements = 200

export class Turns {
  private readonly client: pg.ClientBase
  private readonly wire: WireOptions
  private waiting: Turn[] = []
  private isSending = false
  private isOver = false
  /** As the transaction has them at the moment. */
  private tenantId: string | undefined
  private isShut = false

  constructor(client: pg.ClientBase, wire: WireOptions) {
    this.client = client
    this.wire = wire
  }

  /**
   * Rows of each statement. When one fails, everything that shared its round trip fails, as
   * everything after it in the transaction would.
   */
  run(tenantId: string, isReplay: boolean, statements: readonly Statement[]): Promise<object[][]> {
    if (this.isOver) return Promise.reject(new Error('the transaction has ended'))
    const settle = Promise.withResolvers<object[][]>()
    this.waiting.push({ tenantId, isReplay, statements, settle })
    if (!this.isSending) void this.sendAll()
    return settle.promise
  }

  /** Before a commit: throws when a statement waits that its handler has not waited for. */
  end(): void {
    this.isOver = true
    const isLeft = this.waiting.length > 0
    // Nobody waits for them, so that nobody is told.
    this.waiting = []
    if (isLeft) throw new Error('a handler has ended and did not wait for its statement')
  }

  /** Nothing is run any more: it would be outside of the transaction. */
  drop(): void {
    this.isOver = true
    for (const { settle } of this.waiting) settle.reject(new Error('the transaction has ended'))
    this.waiting = []
  }

  private async sendAll(): Promise<void> {
    this.isSending = true
    while (this.waiting.length > 0) await this.send(this.take())
    this.isSending = false
  }

  private take(): readonly Turn[] {
    let statements = 0
    const end = this.waiting.findIndex((one, at) => {
      statements += one.statements.length
      return at > 0 && statements > maxStatements
    })
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end)
  }

  private async send(turns: readonly Turn[]): Promise<void> {
    const sent: Statement[] = []
    const begins = turns.map((turn) => {
      if (turn.tenantId !== this.tenantId) sent.push(scopeTo(turn.tenantId))
      this.tenantId = turn.tenantId
      if (turn.isReplay !== this.isShut) sent.push(setReplaying(turn.isReplay))
      this.isShut = turn.isReplay
      return sent.push(...turn.statements) - turn.statements.length
    })
    try {
      const rows = await runInTransaction(this.client, sent, this.wire)
      for (const [at, { statements, settle }] of turns.entries()) {
        const begin = begins[at] ?? 0
        settle.resolve(rows.slice(begin, begin + statements.length))
      }
    } catch (error) {
      for (const { settle } of turns) settle.reject(error)
    }
  }
}
