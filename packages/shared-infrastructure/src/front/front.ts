// The front of a public service: one gate that every request to it passes, whatever it asks for.
// All of them are configured by the same keys, each under its own name.
import type { Log } from '@prognetwork/contracts'
import { reloadable } from '@prognetwork/environment-configuration'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Edge } from '../host/edge.ts'
import { parseOutsideTrace } from '../telemetry/trace.ts'
import { createCrossOrigin } from './cross-origin.ts'
import { createExchanges, type ParentOf } from './exchange.ts'
import { createGate, type FrontDoor, type Gate } from './gate.ts'
import { createRateLimits, type RateSizes } from './rate-limits.ts'
import { securityHeaders } from './security-headers.ts'

const perMinute = reloadable(z.coerce.number().int().min(1))
const list = z.string().transform((text) => text.split(',').flatMap((one) => one.trim() || []))
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text

/** Keys that every public service has; spread into its own. */
export function frontKeys({ requestsPerMinute }: { readonly requestsPerMinute: number }) {
  return {
    corsOrigins: list
      .refine((origins) => origins.every(isOrigin), 'must be origins such as https://shop.example')
      .default([])
      .describe('Origins whose scripts may read replies, such as https://shop.example; by commas'),
    trustedProxies: list
      .default([])
      .describe('Proxies whose X-Forwarded-For is believed: addresses or networks, by commas'),
    defaultPerMinute: perMinute
      .default(requestsPerMinute)
      .describe('Requests of one principal, or of one address without a credential'),
    // Thousands may share an address; guesses at one account are counted where accounts are.
    credentialPerMinute: perMinute
      .default(600)
      .describe('Sign-ins, links of mails and refused credentials of one address'),
    bulkPerMinute: perMinute.default(300).describe('Heavy requests of one principal'),
  }
}

interface FrontConfig {
  readonly corsOrigins: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly defaultPerMinute: number
  readonly credentialPerMinute: number
  readonly bulkPerMinute: number
}

export interface FrontParts<Config extends FrontConfig = FrontConfig> {
  readonly edge: Edge
  readonly door: FrontDoor
  readonly publicUrl: string
  readonly log: Log
  readonly config: Config
  onReconfigured(listener: (config: Config) => void): void
  /** The trace that a request goes on with, where not any that it names. */
  readonly parentOf?: ParentOf
}

/** Mounts on `app` what every request passes; the caller adds its routes and then closes the gate. */
export function createFront(app: FastifyInstance, parts: FrontParts): Gate {
  const { config, door, edge, publicUrl, log } = parts
  const { parentOf = ({ headers }) => parseOutsideTrace(headers) } = parts
  const limits = createRateLimits(rateSizes(config))
  parts.onReconfigured((changed) => limits.resize(rateSizes(changed)))
  return createGate({
    ...{ app, door, limits },
    exchanges: createExchanges({ edge, log, trustedProxies: config.trustedProxies, parentOf }),
    crossOrigin: createCrossOrigin(config.corsOrigins),
    securityHeaders: securityHeaders(publicUrl),
  })
}

function rateSizes(config: FrontConfig): RateSizes {
  return {
    default: config.defaultPerMinute,
    credential: config.credentialPerMinute,
    bulk: config.bulkPerMinute,
  }
}
