import type { FastifyReply, FastifyRequest } from 'fastify'
import { handOver } from '../door/handover.ts'
import type { Upstream } from '../host/edge.ts'
import type { Exchange } from './exchange.ts'
import type { Gate } from './gate.ts'

/**
 * A route for each of these operations, behind `prefix`: the gateway has those of all services under
 * `/api`, a public service its own under nothing. A prefix may have parameters, such as `{tenant}`.
 */
export function mountOperations(gate: Gate, upstreams: readonly Upstream[], prefix: string): void {
  for (const upstream of upstreams) {
    const { method, path, name, shape } = upstream.operation
    gate.add({
      method,
      path: `${prefix}${path}`,
      name,
      paidBy: 'principal',
      ...(shape.bodyLimitBytes !== undefined && { bodyLimitBytes: shape.bodyLimitBytes }),
      upload: shape.upload !== undefined,
      handle: handOn(gate, upstream, prefix),
    })
    if (shape.stream)
      gate.addUpgrade({
        ...{ path: `${prefix}${path}`, name, prefix, rate: shape.rate ?? 'default' },
        upgrade: upstream.upgrade,
      })
  }
}

function handOn(gate: Gate, { operation, forward }: Upstream, prefix: string) {
  const rate = operation.shape.rate ?? 'default'
  const segments = prefix.split('/').length - 1
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    exchange: Exchange,
  ): Promise<FastifyReply> => {
    const { raw } = request
    const identity = await gate.identify(raw, reply.raw, exchange, rate)
    handOver(raw, { ...identity, trace: exchange.trace, address: exchange.address })
    raw.url = without(segments, raw.url ?? '')
    // Refusals above are answered without asking the client for its body (RFC 9110, 10.1.1).
    if (raw.headers.expect !== undefined) reply.raw.writeContinue()
    // Last, so that a fault on the way is still answered.
    forward(raw, reply.raw)
    reply.hijack()
    return reply
  }
}

/** By segments, not by letters: the router decodes an address before it compares. */
function without(segments: number, url: string): string {
  let end = 0
  for (let count = 0; count < segments; count++) end = url.indexOf('/', end + 1)
  return url.slice(end)
}
