import type { Edge, Upstream } from '@prognetwork/shared-infrastructure'
import { handOver } from '@prognetwork/shared-infrastructure/edge'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Exchange } from '../exchange/exchange.ts'
import type { Gate } from './gate.ts'

const prefix = '/api'

/** A route for every operation of the platform that the outside may reach, under /api. */
export function mountOperations(gate: Gate, { upstreams }: Pick<Edge, 'upstreams'>): void {
  for (const upstream of upstreams) {
    const { method, path, name, shape } = upstream.operation
    gate.add({
      method,
      path: `${prefix}${path}`,
      name,
      paidBy: 'principal',
      ...(shape.bodyLimitBytes !== undefined && { bodyLimitBytes: shape.bodyLimitBytes }),
      upload: shape.upload !== undefined,
      handle: handOn(gate, upstream),
    })
  }
}

function handOn(gate: Gate, { operation, forward }: Upstream) {
  const rate = operation.shape.rate ?? 'default'
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    exchange: Exchange,
  ): Promise<FastifyReply> => {
    const { raw } = request
    const identity = await gate.identify(raw, reply.raw, exchange, rate)
    handOver(raw, { ...identity, trace: exchange.trace, address: exchange.address })
    raw.url = withoutPrefix(raw.url ?? '')
    // Refusals above are answered without asking the client for its body (RFC 9110, 10.1.1).
    if (raw.headers.expect !== undefined) reply.raw.writeContinue()
    // Last, so that a fault on the way is still answered.
    forward(raw, reply.raw)
    reply.hijack()
    return reply
  }
}

/** The router decodes an address before it compares, so the prefix may have been written otherwise. */
function withoutPrefix(url: string): string {
  return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url.slice(url.indexOf('/', 1))
}
