/** Where in a distributed trace a piece of work stands (W3C trace context). */
export interface Trace {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly sampled: boolean
  readonly tracestate?: string
}

/** Who asks. Verified once at the door and handed on frozen; never read from a header after that. */
export interface Principal {
  readonly kind: 'user' | 'anonymous' | 'api_key' | 'service'
  /** Account id, visitor id (empty when there is none), key id, or the service's name. */
  readonly subject: string
  /** The tenant this principal may touch. */
  readonly tenantId: string
  readonly permissions: ReadonlySet<string>
  readonly roles: readonly string[]
  readonly sessionId?: string
  /** The person behind a principal that acts for another tenant, and why. */
  readonly actor?: { readonly subject: string; readonly tenantId: string; readonly reason?: string }
}

declare const scopeBrand: unique symbol

/**
 * The tenant that statements run under. Only the host, the consumer runner, the job runner and the
 * platform door can make one, so no handler can pick a tenant out of a body.
 */
export interface Scope {
  readonly tenantId: string
  readonly [scopeBrand]: true
}

/** Structured log lines; values of secret fields are redacted. */
export interface Log {
  debug(fields: object, sentence: string): void
  info(fields: object, sentence: string): void
  warn(fields: object, sentence: string): void
  error(fields: object, sentence: string): void
  child(fields: object): Log
}

/** What every piece of work carries, passed on by hand. */
export interface Context {
  readonly principal: Principal
  readonly scope: Scope
  /** Business time, RFC 3339; rules never read another clock. */
  readonly now: string
  readonly trace: Trace
  readonly log: Log
  /** The event that caused this work, and the request or saga all of it belongs to (CloudEvents). */
  readonly causationId?: string
  readonly correlationId?: string
  /** The service that made this call; absent when it came through a door. */
  readonly caller?: string
  /** Address of the client as the door saw it. */
  readonly address?: string
  readonly userAgent?: string
}

declare const rowType: unique symbol

/** One SQL statement with its values; `Row` is what each of its rows looks like. */
export interface Statement<Row extends object = object> {
  /** Prepared once per connection under this name; absent for statements built at run time. */
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly [rowType]?: Row
}

/** The rows of each statement of a list, in the list's order. */
export type RowsOf<List extends readonly Statement[]> = {
  -readonly [Index in keyof List]: List[Index] extends Statement<infer Row> ? Row[] : never
}

/** Statements one after another in one transaction, under one tenant. */
export interface Transaction {
  run<Row extends object>(statement: Statement<Row>): Promise<Row[]>
  batch<const List extends readonly Statement[]>(statements: List): Promise<RowsOf<List>>
}
