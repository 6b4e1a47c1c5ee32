// Cross-origin requests (the Fetch standard, CORS protocol). An origin is allowed by its exact
// text. Credentials mode is never allowed: the gateway takes no cookies, and a bearer token is sent
// by scripts without it.
import type { IncomingMessage, ServerResponse } from 'node:http'

const allowedHeaders = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'prog-tenant',
  'traceparent',
  'tracestate',
].join(', ')
const exposedHeaders = [
  'etag',
  'idempotency-key',
  'prog-trace-id',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
].join(', ')
const preflightMaxAgeSeconds = '600'

export interface CrossOrigin {
  /** Lets scripts of an allowed origin read the reply. */
  allow(request: IncomingMessage, response: ServerResponse): void
  /** Answers what an allowed origin may send to a path that takes `methods`. */
  allowPreflight(
    request: IncomingMessage,
    response: ServerResponse,
    methods: readonly string[],
  ): void
}

export function createCrossOrigin(origins: readonly string[]): CrossOrigin {
  const allowed = new Set(origins)
  const originOf = (request: IncomingMessage): string | undefined => {
    const { origin } = request.headers
    return origin !== undefined && allowed.has(origin) ? origin : undefined
  }
  return {
    allow(request, response) {
      if (allowed.size === 0) return
      // Without it a cache would give one origin's reply to another.
      response.setHeader('vary', 'Origin')
      const origin = originOf(request)
      if (origin === undefined) return
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-expose-headers', exposedHeaders)
      response.setHeader('cross-origin-resource-policy', 'cross-origin')
    },
    allowPreflight(request, response, methods) {
      if (originOf(request) === undefined) return
      response.setHeader('access-control-allow-methods', methods.join(', '))
      response.setHeader('access-control-allow-headers', allowedHeaders)
      response.setHeader('access-control-max-age', preflightMaxAgeSeconds)
    },
  }
}
