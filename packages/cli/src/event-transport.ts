import type { TransportSettings } from '@prognetwork/event-based-service-client'
import type { Configuration } from './configuration.ts'

/** How consumers receive events, as the configuration says. Throws when a key is missing for it. */
export function transportSettings({ platform }: Configuration): TransportSettings {
  const { eventTransport: kind, eventPrefix: prefix } = platform
  if (kind === 'postgres') return { kind }
  const { redisUrl: url, redisKeptEvents: keptEvents } = platform
  if (!url) throw new Error('REDIS_URL is required with EVENT_TRANSPORT=redis')
  return { kind, url, prefix, keptEvents }
}
