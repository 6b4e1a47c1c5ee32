import { type Context, type Log, platformTenantId } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type Outgoing, startOutgoing } from '../events/outgoing.ts'
import type { Call } from './call.ts'
import type { PlatformOptions } from './platform-options.ts'

/** For a service with a database of its own: the way of its events to the log. */
export function sendOutgoing(
  service: string,
  { apart, connections }: Pick<PlatformOptions, 'apart' | 'connections'>,
  parts: {
    readonly call: Call
    readonly contextFor: (tenantId: string) => Context
    readonly log: Log
  },
): Outgoing | undefined {
  if (!apart?.has(service)) return undefined
  const { call, contextFor, log } = parts
  return startOutgoing({
    settings: connections(service).platform,
    log,
    append({ events, ...lot }) {
      const body = { ...lot, source: service, events: [...events] }
      const { appendEvents } = eventStreamingContract.operations
      return call(
        contextFor(platformTenantId),
        appendEvents,
        { body },
        { isBackground: true, isPoll: true },
      )
    },
  })
}
