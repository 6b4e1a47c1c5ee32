import type { IncomingMessage } from 'node:http'
import { common } from '@prognetwork/contracts'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../service/failure.ts'
import { parseTraceparent, startTrace } from '../telemetry/trace.ts'
import { handOver, handoverOf } from './handover.ts'
import type { VerifiedWork } from './principal-token.ts'

/**
 * The door of a service that listens for other processes of the platform: a principal token, and
 * nothing else, says who asks. Requests handed over inside the process have passed a door already.
 */
export function mountServiceDoor(
  app: FastifyInstance,
  verify: (token: string) => VerifiedWork,
): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!handoverOf(request.raw) && request.routeOptions.url !== undefined)
      admit(request.raw, verify)
    done()
  })
}

/** Lets a request of another process in; throws what its token is refused with. */
export function admit(raw: IncomingMessage, verify: (token: string) => VerifiedWork): void {
  const token = /^Bearer (\S+)$/.exec(raw.headers.authorization ?? '')?.[1]
  if (token === undefined)
    throw new Problem(common.credentialMissing, 'This address answers the platform only')
  const { principal, tenantId, caller } = verify(token)
  handOver(raw, {
    principal,
    tenantId,
    // What is carried out has a span of its own under that of whoever asked.
    trace: parseTraceparent(single(raw.headers.traceparent)) ?? startTrace(),
    address: single(raw.headers['prog-address']) ?? '',
    ...(caller !== undefined && { caller }),
  })
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
