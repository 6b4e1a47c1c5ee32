import type { EventContract, Log } from '@prognetwork/contracts'
import type { CopyWriter, Transport } from '@prognetwork/event-based-service-client'
import type { ConnectionSettings } from '../database/connections.ts'
import { eventWriterRole } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'
import { keepConnected, type LastingConnection, type Session } from './lasting-connection.ts'
import type { WakeUps } from './wake-ups.ts'

/** What the one service that writes the log gets besides what every service gets. */
export interface LogAccess {
  /** The services whose outboxes are moved. */
  readonly outboxes: readonly string[]
  /** What each service consumes or watches, each type once, by service. */
  readonly subscriptions: ReadonlyMap<string, readonly EventContract[]>
  /** The services that consume events into tables of their own. */
  readonly consumers: readonly string[]
  /** Every event that some service publishes, by type. */
  readonly events: ReadonlyMap<string, EventContract>
  /** Every service, with the events that are its own. */
  readonly publishers: readonly Pick<AnyDefinition, 'name' | 'summary' | 'publishes'>[]
  readonly wakeUps: Pick<WakeUps, 'committed' | 'onCommitted' | 'moved' | 'onMoved'>
  /** Keeps a session of the event writer's own role open; `opened` runs on each new one. */
  connect(opened: (session: Session) => Promise<void>): LastingConnection
  /** For the copy of the log in a broker, where consumers read from one. */
  openCopy?(): CopyWriter
}

export function createLogAccess(options: {
  readonly definitions: readonly AnyDefinition[]
  readonly direct: (role: string) => ConnectionSettings
  readonly wakeUps: WakeUps
  readonly transport: Transport
  readonly log: Log
  /** Services whose outbox is in another database, and that send their events. */
  readonly apart?: ReadonlySet<string> | undefined
}): LogAccess {
  const { definitions, wakeUps, transport, log, apart } = options
  const { openWriter } = transport
  return {
    outboxes: definitions
      .filter((one) => one.database && !apart?.has(one.name))
      .map((one) => one.name),
    subscriptions: new Map(
      definitions.map(({ name, consumes }) => [
        name,
        [...new Map(consumes.map((event) => [event.type, event])).values()],
      ]),
    ),
    consumers: definitions
      .filter((one) => one.database && one.consumes.length > 0)
      .map((one) => one.name)
      .sort(),
    events: new Map(
      definitions.flatMap((one) => one.publishes.map((event) => [event.type, event])),
    ),
    publishers: definitions,
    wakeUps,
    connect: (opened) => keepConnected({ settings: options.direct(eventWriterRole), opened, log }),
    ...(openWriter && { openCopy: () => openWriter() }),
  }
}
