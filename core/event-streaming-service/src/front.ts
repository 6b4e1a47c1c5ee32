import type { LogAccess } from '@prognetwork/shared-infrastructure'
import {
  addDocument,
  createFront,
  type FrontParts,
  mountHealth,
  mountOperations,
  pageDocument,
} from '@prognetwork/shared-infrastructure/front'
import type { FastifyInstance } from 'fastify'
import { asyncApiOf } from './async-api/async-api.ts'
import { eventPages } from './async-api/event-pages.ts'

/** Everything port 8001 answers at: operations of this service, what it is, whether it is well. */
export function mountFront(
  app: FastifyInstance,
  parts: FrontParts & Pick<LogAccess, 'publishers'>,
): void {
  const gate = createFront(app, parts)
  const own = parts.edge.upstreams.filter(
    ({ operation }) => operation.service === 'event-streaming-service',
  )
  mountOperations(gate, own, '')
  mountHealth(gate, parts.edge)
  const document = asyncApiOf(parts.publishers, parts.publicUrl)
  addDocument(gate, '/asyncapi.json', () => ({
    type: 'application/json; charset=utf-8',
    content: JSON.stringify(document),
  }))
  addDocument(gate, '/asyncapi', () =>
    pageDocument({ title: document.info.title, content: eventPages(document), wide: true }),
  )
  gate.close()
}
