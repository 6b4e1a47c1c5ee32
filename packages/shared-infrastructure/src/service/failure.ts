import type { ExpectationCode, ProblemDefinition } from '@prognetwork/contracts'

/** One place where input is wrong. */
export interface InputError {
  /** JSON pointer (RFC 6901) from the request: `/body/items/0/quantity`. */
  readonly pointer: string
  readonly expected: string
  readonly code?: ExpectationCode | undefined
  readonly limit?: number | undefined
  readonly detail: string
}

/**
 * A failure the caller can act on; rendered as RFC 9457. `detail` is read by the public; what only
 * we should know goes into `cause`. Anything else that is thrown is a bug and becomes 500.
 */
export class Problem extends Error {
  readonly definition: ProblemDefinition
  readonly errors: readonly InputError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    definition: ProblemDefinition,
    detail: string,
    options: {
      cause?: unknown
      errors?: readonly InputError[]
      headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(detail, { cause: options.cause })
    this.name = 'Problem'
    this.definition = definition
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }

  get code(): string {
    return this.definition.code
  }
}

/** Something we depend on does not answer; 503 with Retry-After, and consumers try again. */
export class Unavailable extends Error {
  readonly retryAfterSeconds: number

  constructor(what: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(`${what} is not available`, { cause: options.cause })
    this.name = 'Unavailable'
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1
  }
}
