// What tells the event writer of new events in outboxes, and readers of new events in the log:
// inside the process by call, between processes by NOTIFY. Business transactions never notify: it
// would make their commits wait for each other. Every few seconds one statement makes up for what
// was missed.
import type { Log, Statement } from '@prognetwork/contracts'
import type {
  Moved,
  MoveWakeUps,
  Peers,
  WrittenEvent,
  WrittenEvents,
} from '@prognetwork/event-based-service-client'
import type { ConnectionSettings } from '../database/connections.ts'
import { keepConnected, type LastingConnection, type Session } from './lasting-connection.ts'
import { createLife, lifeClass, lookMs, whoLives } from './peers.ts'

export interface WakeUps extends MoveWakeUps, WrittenEvents, Peers {
  /** A transaction of this service has committed these events. */
  committed(service: string, events: readonly WrittenEvent[]): void
  /** The event writer registers while it leads; answers how to stop. */
  onCommitted(listener: (service: string) => void): () => void
  /** The event writer moved events. */
  moved(moved: Moved): void
  close(): Promise<void>
}

const outboxChannel = 'prognetwork_outbox'
const logChannel = 'prognetwork_log'
const coalesceMs = 5
/** PostgreSQL takes less than 8,000 bytes; whoever is told no types looks for itself. */
const maxPayload = 4_000

/** Wake-ups of one process. It connects when somebody listens or has something to tell. */
export function createWakeUps(options: {
  /** Any role: LISTEN and NOTIFY need no right. It must be a consumer for the backstop. */
  readonly settings: ConnectionSettings | undefined
  readonly log: Log
}): WakeUps {
  const writers = new Set<(service: string) => void>()
  const readers = new Set<(moved: Moved) => void>()
  const reconnected = new Set<() => void>()
  const watchers = new Set<(events: readonly WrittenEvent[]) => void>()
  const { settings } = options
  let connection: LastingConnection | undefined
  let timer: NodeJS.Timeout | undefined
  let hadSession = false
  const life = createLife()
  const lessees = new Set<() => void>()
  const services = new Set<string>()
  const unsent = new Map<string, Moved>()

  const tellReaders = (moved: Moved) => {
    for (const reader of readers) reader(moved)
  }
  const flush = atMostOften(() => {
    const session = connection?.current()
    if (!session) return
    const payloads = [...services].map((service) => [outboxChannel, service] as const)
    services.clear()
    const moves = [...unsent.values()].map((moved) => [logChannel, payloadOf(moved)] as const)
    unsent.clear()
    // Lost with the connection: the backstop of the other processes finds it.
    for (const [channel, payload] of [...payloads, ...moves])
      session.run({ text: 'select pg_notify($1, $2)', values: [channel, payload] }).catch(() => {})
  })

  async function look(session: Session): Promise<void> {
    if (readers.size + lessees.size === 0) return
    try {
      const heads = await session.run(readHeads)
      for (const head of heads) tellReaders(head)
      if (life.hasChanged(heads[0]?.peers ?? null)) for (const listener of lessees) listener()
    } catch {
      // The next one comes in a few seconds, and a lost connection is reported where it is mended.
    }
  }
  const connect = () => {
    if (connection || !settings) return
    connection = keepConnected({
      settings,
      log: options.log,
      async opened(session) {
        await session.run({ text: `listen ${outboxChannel}`, values: [] })
        await session.run({ text: `listen ${logChannel}`, values: [] })
        await life.begin(session)
        for (const listener of lessees) listener()
        if (hadSession) for (const listener of reconnected) listener()
        hadSession = true
        flush()
        void look(session)
      },
      notified(channel, payload, isOwn) {
        if (isOwn) return
        if (channel === logChannel) tellReaders(JSON.parse(payload))
        else for (const writer of writers) writer(payload)
      },
    })
    timer = setInterval(() => {
      const session = connection?.current()
      if (session) void look(session)
    }, lookMs)
    timer.unref()
  }

  return {
    committed(service, events) {
      for (const watcher of watchers) watcher(events)
      if (writers.size > 0) {
        for (const writer of writers) writer(service)
        return
      }
      connect()
      services.add(service)
      flush()
    },
    onCommitted: (listener) => subscribe(writers, listener, connect),
    moved(moved) {
      tellReaders(moved)
      const before = unsent.get(moved.log)
      unsent.set(moved.log, before ? merged(before, moved) : moved)
      flush()
    },
    onMoved: (listener) => subscribe(readers, listener, connect),
    onReconnected: (listener) => subscribe(reconnected, listener, connect),
    onWritten: (listener) => subscribe(watchers, listener, () => {}),
    session: life.number,
    onPeersChanged: (listener) => subscribe(lessees, listener, connect),
    isListening: () => connection?.current() !== undefined,
    async close() {
      clearInterval(timer)
      await connection?.close()
    },
  }
}

function subscribe<T>(listeners: Set<T>, listener: T, connect: () => void): () => void {
  connect()
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** The backstop, for who reads: a log that has not moved on since wakes nobody. Who lives besides. */
const readHeads: Statement<{ log: string; to: number; peers: string | null }> = {
  name: 'log.heads_and_peers',
  text: `select log, "position" as "to", ${whoLives} as peers
    from event_streaming_service.log_heads()`,
  values: [lifeClass],
}

function merged(one: Moved, other: Moved): Moved {
  const to = Math.max(one.to, other.to)
  if (!one.types || !other.types) return { log: one.log, to }
  return { log: one.log, to, types: [...new Set([...one.types, ...other.types])] }
}

function payloadOf({ log, to, types }: Moved): string {
  const whole = JSON.stringify({ log, to, types })
  return whole.length <= maxPayload ? whole : JSON.stringify({ log, to })
}

/** At most one run per few milliseconds, however often it is asked for. */
function atMostOften(work: () => void): () => void {
  let isSet = false
  return () => {
    if (isSet) return
    isSet = true
    setTimeout(() => {
      isSet = false
      work()
    }, coalesceMs)
  }
}
