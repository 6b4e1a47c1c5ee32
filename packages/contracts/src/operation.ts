import type { z } from 'zod'
import type { ProblemDefinition } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may call an operation. `signedIn` acts on what is the caller's own, so it needs no
 * permission; `service` lists the only callers, and such an operation does not exist at the gateway.
 */
export type Auth =
  | { readonly public: true }
  | { readonly signedIn: true }
  | { readonly permission: string }
  | { readonly service: readonly string[] }

/** Which token bucket pays for a call; the gateway's configuration gives each its size. */
export type RateClass = 'default' | 'credential' | 'bulk'

type SuccessStatus = 200 | 201 | 202 | 204 | 302

/** What an operation declares; exactly one success status. */
export interface OperationShape {
  /** One line for the reference. */
  readonly summary: string
  readonly auth: Auth
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /**
   * The media type (`image/*` for each of a kind) of a body that is too long to be held: the handler
   * reads it as it comes, in place of a parsed `body`. Such an operation is reached through a door only, never by `call`.
   */
  readonly upload?: string
  /** A reply of 302 leads to its `location`. */
  readonly reply: { readonly [Status in SuccessStatus]?: z.ZodType }
  readonly problems?: readonly ProblemDefinition[]
  /**
   * The reply is a line of JSON per item that the handler yields, as it yields them
   * (`application/x-ndjson`); its schema is that of one line.
   */
  readonly lines?: true
  /**
   * The reply is a stream of events that ends when either side leaves it (`text/event-stream`, HTML
   * Living Standard, 9.2, or a WebSocket's messages where the client asks for that); its schema is
   * that of one event's `data`. The handler answers what is done with the stream once it is open.
   */
  readonly stream?: true
  /** Headers that the handler reads, by their names in lower case; a `call` has none. */
  readonly headers?: z.ZodObject
  /**
   * The reply is bytes of this media type, such as a picture; its schema says how they are written
   * in JSON, as base64 under `bytes`, where it is carried out by `call`.
   */
  readonly file?: string
  /** What a file shows never changes, so that whoever has had it need not ask again for a while. */
  readonly isLasting?: true
  /** Accepts an Idempotency-Key; its handler must commit `ctx.answer(...)` with the effect. */
  readonly idempotent?: true
  readonly rate?: RateClass
  /** Largest body in bytes; 1 MiB when not given. */
  readonly bodyLimitBytes?: number
  /** A request and its reply that a test parses and the reference shows. */
  readonly example: {
    readonly params?: unknown
    readonly query?: unknown
    readonly body?: unknown
    readonly reply?: unknown
  }
}

/** One HTTP operation: routes, validation, the typed client and OpenAPI are all read from it. */
export interface Operation<Shape extends OperationShape = OperationShape> {
  readonly method: Method
  /** In OpenAPI's form, `/v1/users/{userId}`. */
  readonly path: string
  readonly shape: Shape
}

/** An operation with the name it has in its service's contract. */
export interface NamedOperation<Shape extends OperationShape = OperationShape>
  extends Operation<Shape> {
  readonly service: string
  readonly name: string
}

export function operation<const Shape extends OperationShape>(
  method: Method,
  path: string,
  shape: Shape,
): Operation<Shape> {
  return { method, path, shape }
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined
type Written<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined
type Part<Shape, Name extends string> = Name extends keyof Shape ? Shape[Name] : undefined
type Present<Parts> = {
  readonly [Name in keyof Parts as Parts[Name] extends undefined ? never : Name]: Parts[Name]
}
type ShapeOf<O> = O extends Operation<infer Shape> ? Shape : never

/** What a handler receives: the parts the operation declares, parsed. */
export type Input<O extends Operation> = Present<{
  params: Parsed<Part<ShapeOf<O>, 'params'>>
  query: Parsed<Part<ShapeOf<O>, 'query'>>
  headers: Parsed<Part<ShapeOf<O>, 'headers'>>
  body: ShapeOf<O> extends { readonly upload: string }
    ? AsyncIterable<Uint8Array>
    : Parsed<Part<ShapeOf<O>, 'body'>>
}>

/** What a caller gives: the same parts before parsing. */
export type CallInput<O extends Operation> = Present<{
  params: Written<Part<ShapeOf<O>, 'params'>>
  query: Written<Part<ShapeOf<O>, 'query'>>
  body: Written<Part<ShapeOf<O>, 'body'>>
}>

/** The body of the one success reply; of a reply in lines, one line. */
export type Reply<O extends Operation> = Parsed<ShapeOf<O>['reply'][keyof ShapeOf<O>['reply']]>

/** An open stream of events, as its handler sees it. */
export interface EventSink {
  /** What the client speaks: Server-Sent Events, or the same operation by WebSocket (RFC 6455). */
  readonly kind: 'event-stream' | 'web-socket'
  /** Sends bytes that are a part of a stream already; many sinks may be given the same ones. */
  send(bytes: Uint8Array): void
  /** How much was sent and is not on its way yet: a client that reads too slowly. */
  readonly waitingBytes: number
  /** Ends it after what was sent; `isLost` lets what waits for a slow client be dropped. */
  end(isLost?: boolean): void
  /** Told once, whoever ended it. */
  onEnd(listener: () => void): void
}

/** What a handler answers and a caller gets. */
export type Output<O extends Operation> =
  ShapeOf<O> extends { readonly lines: true }
    ? AsyncIterable<Reply<O>>
    : ShapeOf<O> extends { readonly stream: true }
      ? (sink: EventSink) => void
      : Reply<O>

/** The success status an operation declares, and the schema of its body. */
export function success(operation: Operation): { status: SuccessStatus; schema: z.ZodType } {
  const [status, schema, ...more] = Object.entries(operation.shape.reply).flat()
  if (typeof status !== 'string' || !schema || typeof schema === 'string' || more.length > 0)
    throw new Error(`${operation.method} ${operation.path} must declare exactly one reply`)
  return { status: Number(status) as SuccessStatus, schema }
}

/** All operations of one service under their names. */
export interface Contract<
  Operations extends Readonly<Record<string, NamedOperation>> = Readonly<
    Record<string, NamedOperation>
  >,
> {
  readonly service: string
  readonly operations: Operations
}

/** Names each operation by its key; the name is its operationId in OpenAPI. */
export function contract<const Operations extends Readonly<Record<string, Operation>>>(
  service: string,
  operations: Operations,
): Contract<{ readonly [Name in keyof Operations]: NamedOperation<ShapeOf<Operations[Name]>> }> {
  const named = Object.entries(operations).map(([name, value]) => [
    name,
    Object.freeze({ ...value, service, name }),
  ])
  return { service, operations: Object.fromEntries(named) }
}
