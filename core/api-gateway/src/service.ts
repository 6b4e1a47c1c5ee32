import { gatewayContract } from '@prognetwork/contracts/gateway'
import { defineEdge } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { mountOperations } from './routing/operations.ts'

export default defineEdge({
  name: 'api-gateway',
  zone: 'public',
  port: 8000,
  summary: 'The one public door: routes, authentication, limits, documentation',
  config: z.object({}),
  contract: gatewayContract,
  publishes: [],
  consumes: [],
  needs: ['user-service'],
  start(parts) {
    return {
      handlers: {},
      mount: (app) => mountOperations(app, parts),
    }
  },
})
