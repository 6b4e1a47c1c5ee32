import type { Edge } from '../host/edge.ts'
import type { Gate } from './gate.ts'

/** Anybody may ask, and nobody pays for it: the databases are asked this often at the most. */
const maxAgeMs = 500

/** `/health`: this process lives. `/readiness`: everything in it can do its work. */
export function mountHealth(gate: Gate, { health }: Pick<Edge, 'health'>): void {
  const latest = createLatest(health)
  gate.add({
    method: 'GET',
    path: '/health',
    name: 'health',
    paidBy: 'nobody',
    handle: (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }),
  })
  gate.add({
    method: 'GET',
    path: '/readiness',
    name: 'readiness',
    paidBy: 'nobody',
    async handle(_request, reply) {
      const { ready, draining, services } = await latest()
      const status = ready ? 'ready' : draining ? 'draining' : 'not ready'
      return reply
        .header('cache-control', 'no-store')
        .code(ready ? 200 : 503)
        .send({ status, services })
    },
  })
}

/** Those who ask at the same time share one answer. */
function createLatest<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  let askedMs = 0
  return () => {
    const nowMs = performance.now()
    if (!answer || nowMs - askedMs > maxAgeMs) {
      askedMs = nowMs
      answer = ask()
    }
    return answer
  }
}
