import { type Call, createDoor, type Edge, type RealTime } from '@prognetwork/shared-infrastructure'
import { handOver, refuseUnknownRoutes, routeOf } from '@prognetwork/shared-infrastructure/edge'
import { childOf, parseTraceparent, startTrace } from '@prognetwork/shared-infrastructure/telemetry'
import type { FastifyInstance } from 'fastify'

/** A route for every operation of the platform that the outside may reach, under /api. */
export function mountOperations(
  app: FastifyInstance,
  parts: {
    readonly edge: Edge
    readonly call: Call
    readonly publicUrl: string
    readonly realTime: RealTime
  },
): void {
  const { edge } = parts
  const door = createDoor({ ...parts, issuer: parts.publicUrl })
  refuseUnknownRoutes(
    app,
    edge.upstreams.map(({ operation }) => ({ ...operation, path: `/api${operation.path}` })),
  )
  for (const { operation, forward } of edge.upstreams) {
    app.route({
      method: operation.method,
      url: `/api${routeOf(operation.path)}`,
      async handler(request, reply) {
        const incoming = parseTraceparent(one(request.headers.traceparent))
        const trace = incoming ? childOf(incoming) : startTrace()
        const identity = await door.identify(request.headers, trace)
        handOver(request.raw, { ...identity, trace, address: request.ip })
        request.raw.url = request.raw.url?.slice('/api'.length) ?? '/'
        reply.hijack()
        forward(request.raw, reply.raw)
      },
    })
  }
}

/** A header that must stand alone; sent twice it counts as not sent. */
function one(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
