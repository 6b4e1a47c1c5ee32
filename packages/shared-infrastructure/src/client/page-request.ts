import type { IncomingMessage } from 'node:http'
import {
  type Context,
  type Log,
  type NamedOperation,
  type PageCall,
  type PageRequest,
  platformTenantId,
  type WebClient,
  webClients,
} from '@prognetwork/contracts'
import type { Exchange } from '../front/exchange.ts'
import type { Call } from '../host/call.ts'
import type { Edge } from '../host/edge.ts'
import { isExpected, problemReply } from '../http/problem-reply.ts'
import type { Visitor } from './browser-door.ts'
import type { BrowserTraces } from './browser-traces.ts'
import { type ClientOrigins, originFor } from './client-origins.ts'
import { newNonce, type OpenPage } from './pages.ts'
import { type CookieJar, sessionCookie } from './session-cookie.ts'

const userAgentLength = 400
/** A session ends where user-service says so; each use moves its end, so the cookie outlives them all. */
const longestSessionSeconds = 7 * 86_400

/** Opens a page for whoever asks for it. */
export function createPageOpener(options: {
  readonly client: WebClient
  readonly edge: Edge
  readonly call: Call
  readonly cookies: CookieJar
  readonly clientOrigins: ClientOrigins
  readonly traces: BrowserTraces
  readonly log: Log
}) {
  const { client, edge, cookies, clientOrigins, traces, log } = options

  /** Failures as the pages take them; a bug is told to us and hidden from them. */
  function told(
    ctx: Context,
    perform: (operation: NamedOperation, input: never, key: string | undefined) => Promise<unknown>,
  ): PageCall {
    return async (operation, input, { idempotencyKey } = {}) => {
      try {
        return (await perform(operation, input as never, idempotencyKey)) as never
      } catch (error) {
        const { traceId } = ctx.trace
        if (!isExpected(error)) log.error({ error, traceId, operation: operation.name }, 'A bug')
        const { status, headers, body } = problemReply(error, traceId)
        throw Object.assign(Response.json(body, { status, headers }), { problem: body })
      }
    }
  }

  return function openPage(raw: IncomingMessage, exchange: Exchange, visitor: Visitor): OpenPage {
    const { tenantId, principal, tenantSlug, credential } = visitor
    const { trace, address } = exchange
    const slug = tenantId === platformTenantId ? null : tenantSlug
    const userAgent = String(raw.headers['user-agent'] ?? '').slice(0, userAgentLength)
    const own: Context = { ...edge.contextFor(tenantId, trace), address, userAgent }
    const theirs: Context = { ...own, principal }
    const set: string[] = []
    const formOrigins: string[] = []
    const setCookie: PageRequest['setCookie'] = (name, value, maxAgeSeconds) => {
      set.push(cookies.write(name, value, maxAgeSeconds))
    }
    const request: PageRequest = {
      call: told(theirs, (operation, input, key) => edge.perform(theirs, operation, input, key)),
      callAsClient: told(own, (operation, input, key) =>
        options.call(own, operation, input, key === undefined ? {} : { idempotencyKey: key }),
      ),
      person:
        principal.kind === 'user' ? { accountId: principal.subject, roles: principal.roles } : null,
      tenant: { id: tenantId, slug },
      origin: `${new URL(clientOrigins[client]).protocol}//${raw.headers.host}`,
      origins: originsFor(clientOrigins, slug),
      ...{ credential, userAgent, nonce: newNonce(), traceId: trace.traceId, now: own.now },
      traces: traces.forPage(raw),
      readCookie: (name) => cookies.read(raw.headers, name),
      setCookie,
      setSession(opened, of = tenantId) {
        setCookie(sessionCookie(client, of), opened?.credential, opened && longestSessionSeconds)
      },
      allowFormsTo: (origin) => formOrigins.push(origin),
      report: (error) => log.error({ error, traceId: trace.traceId }, 'A page broke'),
    }
    return { request, cookies: set, formOrigins }
  }
}

function originsFor(origins: ClientOrigins, slug: string | null): ClientOrigins {
  return Object.fromEntries(
    webClients.map((client) => {
      // The console is the platform's, whichever tenant is worked for.
      return [client, originFor(origins, client, client === 'admin-client' ? null : slug)]
    }),
  ) as ClientOrigins
}
