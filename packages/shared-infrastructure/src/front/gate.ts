// The way every request takes, whatever it asks for: it is observed, its reply gets its headers,
// what claims an identity is removed, what no operation should see is refused. Then its route says
// whether an address or a principal pays for it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { common, type Method, type RateClass } from '@prognetwork/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asked, Identity } from '../door/door.ts'
import { stripIdentityHeaders } from '../door/identity-headers.ts'
import { allowUpload } from '../host/edge-slow-body.ts'
import { methodsByPath, refuseUnknownRoutes, routeOf } from '../host/service-app.ts'
import { defaultBodyLimitBytes } from '../host/streaming.ts'
import { Problem } from '../service/failure.ts'
import type { CrossOrigin } from './cross-origin.ts'
import { type Exchange, type ExchangeRoute, type Exchanges, exchangeOf } from './exchange.ts'
import type { RateLimits } from './rate-limits.ts'
import { guardRequest } from './request-guard.ts'
import { setHeaders } from './security-headers.ts'
import { answerUpgrades, type UpgradeRoute } from './upgrades.ts'

interface GatedRoute {
  readonly method: Method
  /** In OpenAPI's form, `/v1/users/{userId}`. */
  readonly path: string
  /** Its name in metrics, spans and log lines. */
  readonly name: string
  /** `address` pays before the handler runs, nobody where that would hide that we are alive. */
  readonly paidBy: 'address' | 'principal' | 'nobody'
  readonly bodyLimitBytes?: number
  /** Its body is a file, which may take as long as it goes on. */
  readonly upload?: boolean
  handle(request: FastifyRequest, reply: FastifyReply, exchange: Exchange): unknown
}

export interface Gate {
  add(route: GatedRoute): void
  /** Who asks; pays from the bucket of `rate`. Throws what the door or the limit refuses with. */
  identify(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    rate: RateClass,
  ): Promise<Identity>
  /** Takes requests for a WebSocket at this path. */
  addUpgrade(route: UpgradeRoute): void
  /** Answers what no route answers; called once, after the last `add`. */
  close(): void
}

/** How the front finds out who asks: by a credential of their own, or by a browser's cookie. */
export interface FrontDoor {
  identify(request: IncomingMessage, asked: Asked): Promise<Identity>
}

export interface GateParts {
  readonly app: FastifyInstance
  readonly door: FrontDoor
  readonly exchanges: Exchanges
  readonly crossOrigin: CrossOrigin
  readonly limits: RateLimits
  readonly securityHeaders: readonly (readonly [string, string])[]
}

export type Open = (request: IncomingMessage, response: ServerResponse) => void

export function createGate(parts: GateParts): Gate {
  const { app, limits } = parts
  const places: Pick<GatedRoute, 'method' | 'path'>[] = []
  const upgrades: UpgradeRoute[] = []
  const gate: Gate = {
    add(route) {
      places.push({ method: route.method, path: route.path })
      const open = opening(parts, route)
      app.route({
        method: route.method,
        url: routeOf(route.path),
        onRequest: (request, reply, done) => done(refusalOf(open, request, reply)),
        handler: (request, reply) => route.handle(request, reply, exchangeOf(request.raw)),
      })
    },

    async identify(request, response, exchange, rate) {
      const { addressKey } = exchange
      if (bringsCredential(request)) limits.checkRefusals(addressKey, response)
      let identity: Identity
      try {
        identity = await parts.door.identify(request, exchange)
      } catch (error) {
        if (error instanceof Problem) countRefusal(limits, error, addressKey, response)
        throw error
      }
      exchange.identified(identity)
      limits.take(rate, identity, addressKey, response)
      return identity
    },

    addUpgrade(route) {
      upgrades.push(route)
    },

    close() {
      if (upgrades.length > 0) answerUpgrades(app, gate, parts, upgrades, opening)
      answerOptions(parts, methodsByPath(places))
      const open = opening(parts, { name: 'unknown', paidBy: 'address' })
      app.addHook('onRequest', (request, reply, done) => {
        done(request.is404 ? refusalOf(open, request, reply) : undefined)
      })
      refuseUnknownRoutes(app, places)
    },
  }
  return gate
}

/** What happens to each request of a route first; throws what it is refused with. */
function opening(
  { exchanges, limits, securityHeaders, crossOrigin }: GateParts,
  {
    name,
    paidBy,
    bodyLimitBytes = defaultBodyLimitBytes,
    upload = false,
  }: Pick<GatedRoute, 'name' | 'paidBy' | 'bodyLimitBytes' | 'upload'>,
): Open {
  // Made when first asked for: what each counts costs memory, and few routes have more than one.
  const byMethod = new Map<string, ExchangeRoute>()
  const routeBy = (asked = '') => {
    const method = methods.has(asked) ? asked : 'other'
    const known = byMethod.get(method) ?? exchanges.route(method, name)
    byMethod.set(method, known)
    return known
  }
  return (request, response) => {
    const { addressKey } = exchanges.begin(routeBy(request.method), request, response)
    if (upload) allowUpload(request)
    setHeaders(response, securityHeaders)
    if (bringsCredential(request)) response.setHeader('cache-control', 'no-store')
    crossOrigin.allow(request, response)
    stripIdentityHeaders(request)
    try {
      guardRequest(request, bodyLimitBytes)
    } catch (error) {
      limits.takeByAddress(addressKey, response)
      throw error
    }
    if (paidBy === 'address') limits.takeByAddress(addressKey, response)
  }
}

/** Caches know of Authorization alone (RFC 9111, section 3.5). */
function bringsCredential({ headers }: IncomingMessage): boolean {
  return headers.authorization !== undefined || headers['x-api-key'] !== undefined
}

/**
 * Only what was no credential at all counts against the address: a suspended tenant's clients, or
 * a wrong tenant's name, must not shut out others behind the same address. Those pay as requests.
 */
function countRefusal(
  limits: RateLimits,
  { code }: Problem,
  addressKey: string,
  response: ServerResponse,
): void {
  if (code === common.credentialInvalid.code) limits.takeRefusal(addressKey, response)
  else limits.takeByAddress(addressKey, response)
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Fastify's hooks take a refusal as a value. */
function refusalOf(open: Open, request: FastifyRequest, reply: FastifyReply): Error | undefined {
  try {
    open(request.raw, reply.raw)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function answerOptions(parts: GateParts, methodsAt: (path: string) => string[]): void {
  const open = opening(parts, { name: 'options', paidBy: 'address' })
  parts.app.route({
    method: 'OPTIONS',
    url: '/*',
    onRequest: (request, reply, done) => done(refusalOf(open, request, reply)),
    handler(request, reply) {
      const allowed = methodsAt(request.url.split('?', 1)[0] ?? '')
      if (allowed.length === 0)
        throw new Problem(common.routeMissing, 'There is nothing at this address')
      parts.crossOrigin.allowPreflight(request.raw, reply.raw, allowed)
      return reply
        .header('allow', [...allowed, 'OPTIONS'].join(', '))
        .code(204)
        .send()
    },
  })
}
