// Requests for a WebSocket. Fastify never sees them; they pass the same gate as every other request,
// and until the handshake they are answered as any other would be.
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RateClass } from '@prognetwork/contracts'
import type { FastifyInstance } from 'fastify'
import { handOver, handoverOf, traceOf } from '../door/handover.ts'
import { offerUpgrade } from '../host/edge-upgrades.ts'
import { writeProblem } from '../host/raw-problem.ts'
import type { Upgrade } from '../host/web-socket.ts'
import { problemReply } from '../http/problem-reply.ts'
import { startTrace } from '../telemetry/trace.ts'
import { exchangeOf } from './exchange.ts'
import type { Gate, GateParts, Open } from './gate.ts'

export interface UpgradeRoute {
  readonly path: string
  readonly name: string
  readonly rate: RateClass
  /** Removed from the address before it is handed on. */
  readonly prefix: string
  readonly upgrade: Upgrade
}

export function answerUpgrades(
  app: FastifyInstance,
  gate: Gate,
  parts: GateParts,
  routes: readonly UpgradeRoute[],
  opening: (parts: GateParts, route: { name: string; paidBy: 'principal' }) => Open,
): void {
  const byPath = new Map(
    routes.map((route) => {
      offerUpgrade(app.server, route.path)
      const open = opening(parts, { name: route.name, paidBy: 'principal' })
      return [route.path, { ...route, open }] as const
    }),
  )

  async function take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const route = byPath.get(path)
    if (!route) throw new Error(`an upgrade at ${path} was not offered`)
    // Never sent: what the gate says of limits and origins is written on the connection.
    const response = new ServerResponse(request)
    try {
      route.open(request, response)
      const exchange = exchangeOf(request)
      const identity = await gate.identify(request, response, exchange, route.rate)
      const { trace, address } = exchange
      handOver(request, { ...identity, trace, address })
      request.url = (request.url ?? '').slice(route.prefix.length)
      const status = await route.upgrade(request, socket, head)
      if (status !== 101 || socket.destroyed) exchange.end(status)
      else socket.once('close', () => exchange.end(status))
    } catch (error) {
      const { traceId } = traceOf(request) ?? startTrace()
      const { status, body, headers } = problemReply(error, traceId)
      writeProblem(socket, body, { ...response.getHeaders(), ...headers })
      exchangeOf(request).end(status)
    }
  }

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // It came from another process of the platform, by its own door.
    if (handoverOf(request)) return
    socket.on('error', () => socket.destroy())
    take(request, socket, head).catch((error: Error) => socket.destroy(error))
  })
}
