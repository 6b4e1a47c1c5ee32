// What the gateway tells operators, and collectors of metrics, about this process.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { common } from '@prognetwork/contracts'
import { gatewayPermissions } from '@prognetwork/contracts/gateway'
import { type Edge, type Identity, Problem } from '@prognetwork/shared-infrastructure'
import type { Exchange, Gate } from '@prognetwork/shared-infrastructure/front'
import type { FastifyReply, FastifyRequest } from 'fastify'

interface OperatorParts {
  readonly edge: Pick<Edge, 'metrics' | 'poolsWaiting'>
  readonly config: { readonly metricsToken?: string | undefined }
}

/** `/metrics` and `/debug/vars`. */
export function mountOperatorPages(gate: Gate, { edge, config }: OperatorParts): void {
  const isCollector = createTokenCheck(config.metricsToken)
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()

  const only =
    (
      permission: string,
      answer: (reply: FastifyReply) => unknown,
      isAdmitted: (request: IncomingMessage) => boolean = () => false,
    ) =>
    async (request: FastifyRequest, reply: FastifyReply, exchange: Exchange): Promise<unknown> => {
      if (!isAdmitted(request.raw))
        requirePermission(
          await gate.identify(request.raw, reply.raw, exchange, 'default'),
          permission,
        )
      reply.header('cache-control', 'no-store')
      return answer(reply)
    }

  gate.add({
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    paidBy: 'principal',
    handle: only(
      gatewayPermissions.readMetrics,
      async (reply) => {
        const { registry } = edge.metrics
        return reply.type(registry.contentType).send(await registry.metrics())
      },
      isCollector,
    ),
  })
  gate.add({
    method: 'GET',
    path: '/debug/vars',
    name: 'debugVariables',
    paidBy: 'principal',
    handle: only(gatewayPermissions.readDebugVariables, (reply) =>
      reply.send({
        uptimeSeconds: Math.round(process.uptime()),
        versions: process.versions,
        memoryBytes: process.memoryUsage(),
        eventLoopDelayMs: {
          mean: inMs(delay.mean),
          p99: inMs(delay.percentile(99)),
          max: inMs(delay.max),
        },
        openHandles: countByName(process.getActiveResourcesInfo()),
        waitingForConnection: edge.poolsWaiting(),
      }),
    ),
  })
}

function requirePermission({ principal }: Identity, permission: string): void {
  if (principal.kind === 'anonymous')
    throw new Problem(common.credentialMissing, 'Sign in as an operator', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  if (!principal.permissions.has(permission))
    throw new Problem(common.permissionDenied, `This needs the permission ${permission}`)
}

/** Digests are compared, so that neither content nor length of the secret shows in the time. */
function createTokenCheck(secret: string | undefined): (request: IncomingMessage) => boolean {
  if (secret === undefined) return () => false
  const expected = digest(secret)
  return ({ headers: { authorization = '' } }) => {
    const token = /^Bearer (.+)$/.exec(authorization)?.[1]
    return token !== undefined && timingSafeEqual(digest(token), expected)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function inMs(nanoseconds: number): number {
  return Math.round(nanoseconds / 10_000) / 100
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
