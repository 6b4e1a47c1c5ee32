import type { CallInput, NamedOperation, Output } from './operation.ts'
import type { WebClient } from './web-clients.ts'

interface PageCallOptions {
  readonly idempotencyKey?: string
}

/**
 * Calls an operation while a page is made. A failure is thrown as a `Response` with problem details
 * (RFC 9457), which are its `problem` too; what is wrong on our side is logged before.
 */
export type PageCall = <O extends NamedOperation>(
  operation: O,
  input: CallInput<O>,
  options?: PageCallOptions,
) => Promise<Output<O>>

/** What loaders and actions of a web client know of the request they answer. */
export interface PageRequest {
  /** For whoever sits at the browser: theirs to do, or refused. */
  readonly call: PageCall
  /** For the client itself: operations that no person may call. */
  readonly callAsClient: PageCall
  /** Who is signed in. */
  readonly person: { readonly accountId: string; readonly roles: readonly string[] } | null
  /** The tenant that the host names; `slug` is null for the platform's own. */
  readonly tenant: { readonly id: string; readonly slug: string | null }
  /** The client's own address as the browser has it: a tenant's own domain, where it came by that. */
  readonly origin: string
  /** Where each client is reached for that tenant. */
  readonly origins: Readonly<Record<WebClient, string>>
  /** What the cookie of the session holds, while it is worth something. */
  readonly credential: string | undefined
  readonly userAgent: string
  /** Of this one page, for scripts and styles that are part of it. */
  readonly nonce: string
  readonly traceId: string
  /** How the ids of traces begin that scripts of the page make, and where they tell of those. */
  readonly traces: { readonly prefix: string; readonly tellTo: string }
  /** Business time, RFC 3339. */
  readonly now: string
  /** A cookie of this client that scripts cannot read. */
  readCookie(name: string): string | undefined
  /** Goes out with the reply, whatever it is; `undefined` removes it. Seconds, or as long as the browser. */
  setCookie(name: string, value: string | undefined, maxAgeSeconds?: number): void
  /** The session's own cookie, or that of another tenant; `undefined` signs the browser out. */
  setSession(opened: { readonly credential: string } | undefined, tenantId?: string): void
  /** Lets the forms of this page lead to another origin. */
  allowFormsTo(origin: string): void
  /** Logs what broke while the page was made. */
  report(error: unknown): void
}
