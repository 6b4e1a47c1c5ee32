import { gatewayContract } from '@prognetwork/contracts/gateway'
import { secret } from '@prognetwork/environment-configuration'
import { createDoor, defineEdge, doorEvents } from '@prognetwork/shared-infrastructure'
import { frontKeys } from '@prognetwork/shared-infrastructure/front'
import { z } from 'zod'
import { mountGateway } from './gateway.ts'

export default defineEdge({
  name: 'api-gateway',
  zone: 'public',
  port: 8000,
  summary: 'The one public door: routes, authentication, limits, documentation',
  config: z.object({
    ...frontKeys({ requestsPerMinute: 6_000 }),
    metricsToken: secret(z.string().min(20).optional()).describe(
      'Bearer token with which a collector may read /metrics',
    ),
  }),
  contract: gatewayContract,
  publishes: [],
  consumes: doorEvents,
  needs: ['user-service'],
  start(parts) {
    const door = createDoor(parts)
    return {
      handlers: {},
      watches: door.watches,
      mount: (app) => mountGateway(app, { ...parts, door }),
    }
  },
})
