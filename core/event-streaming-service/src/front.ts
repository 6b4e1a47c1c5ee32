import {
  createFront,
  type FrontParts,
  mountHealth,
  mountOperations,
} from '@prognetwork/shared-infrastructure/front'
import type { FastifyInstance } from 'fastify'

/** Everything port 8001 answers at: the operations of this service, and whether it is well. */
export function mountFront(app: FastifyInstance, parts: FrontParts): void {
  const gate = createFront(app, parts)
  const own = parts.edge.upstreams.filter(
    ({ operation }) => operation.service === 'event-streaming-service',
  )
  mountOperations(gate, own, '')
  mountHealth(gate, parts.edge)
  gate.close()
}
