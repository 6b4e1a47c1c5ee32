import { gatewayContract } from '@prognetwork/contracts/gateway'
import { reloadable, secret } from '@prognetwork/environment-configuration'
import { createDoor, defineEdge, doorEvents } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { mountGateway } from './gateway.ts'

const perMinute = reloadable(z.coerce.number().int().min(1))
const list = z.string().transform((text) => text.split(',').flatMap((one) => one.trim() || []))
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text

export default defineEdge({
  name: 'api-gateway',
  zone: 'public',
  port: 8000,
  summary: 'The one public door: routes, authentication, limits, documentation',
  config: z.object({
    corsOrigins: list
      .refine((origins) => origins.every(isOrigin), 'must be origins such as https://shop.example')
      .default([])
      .describe('Origins whose scripts may read replies, such as https://shop.example; by commas'),
    trustedProxies: list
      .default([])
      .describe('Proxies whose X-Forwarded-For is believed: addresses or networks, by commas'),
    defaultPerMinute: perMinute
      .default(6_000)
      .describe('Requests of one principal, or of one address without a credential'),
    // Thousands may share an address; guesses at one account are counted where accounts are.
    credentialPerMinute: perMinute
      .default(600)
      .describe('Sign-ins, links of mails and refused credentials of one address'),
    bulkPerMinute: perMinute.default(300).describe('Heavy requests of one principal'),
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
