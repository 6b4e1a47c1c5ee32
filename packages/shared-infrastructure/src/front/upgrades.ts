// Requests for a WebSocket. Fastify never sees them; they pass the same gate as every other request,
// and until the handshake they are answered as any other would be.
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { common, type RateClass } from '@prognetwork/contracts'
import type { FastifyInstance } from 'fastify'
import { handOver, handoverOf, traceOf } from '../door/handover.ts'
import { writeProblem } from '../host/raw-problem.ts'
import type { Upgrade } from '../host/web-socket.ts'
import { problemReply } from '../http/problem-reply.ts'
import { Problem } from '../service/failure.ts'
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
  opening: (parts: GateParts, route: { name: string; paidBy: 'address' | 'principal' }) => Open,
): void {
  const open = new Map(
    routes.map((route) => [route.path, opening(parts, { name: route.name, paidBy: 'principal' })]),
  )
  const openUnknown = opening(parts, { name: 'unknown', paidBy: 'address' })

  async function take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const route = routes.find((one) => one.path === path)
    // Never sent: what the gate says of limits and origins is written on the connection.
    const response = new ServerResponse(request)
    try {
      const opened = open.get(path) ?? openUnknown
      opened(request, response)
      if (!route) throw new Problem(common.routeMissing, 'There is no WebSocket at this address')
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
    void take(request, socket, head)
  })
}
