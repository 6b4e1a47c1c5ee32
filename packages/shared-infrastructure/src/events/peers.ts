// Who lives of the processes that lease from each other: each holds an advisory lock on a session of
// its own, which PostgreSQL gives back however the process ends. The kernel's `is_gone` asks for it.
import { randomInt } from 'node:crypto'
import type { Log, Statement } from '@prognetwork/contracts'
import type { Peers } from '@prognetwork/event-based-service-client'
import type { ConnectionSettings } from '../database/connections.ts'
import { keepConnected, type Session } from './lasting-connection.ts'

/** The class of these locks; the kernel's `is_gone` knows it. */
export const lifeClass = 1886547815
/** How often is looked who lives. */
export const lookMs = 5_000

/** The numbers of who lives, as one text; `$1` is the class of the locks. */
export const whoLives = `(select string_agg(l.objid::text, ' ' order by l.objid) from pg_locks l
  where l.locktype = 'advisory' and l.classid = $1 and l.objsubid = 2 and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database()))`

export interface Life {
  /** Begins to live on this session; under another number each time, since the server may hold the
   * last one for long after a network has died. */
  begin(session: Session): Promise<void>
  /** The number, as long as the session is open. */
  number(): number | undefined
  /** What was seen of all who live: true when it is another than before. */
  hasChanged(peers: string | null): boolean
}

export function createLife(): Life {
  let alive: { readonly session: Session; readonly number: number } | undefined
  let seen: string | undefined
  return {
    async begin(session) {
      const number = randomInt(2 ** 31 - 1)
      const text = 'select pg_advisory_lock($1, $2)'
      await session.run({ text, values: [lifeClass, number] })
      alive = { session, number }
      seen = undefined
    },
    number: () => (alive && !alive.session.isClosed() ? alive.number : undefined),
    hasChanged(peers) {
      const before = seen
      seen = peers ?? ''
      return before !== seen
    },
  }
}

/** The same on a connection of its own, for a service whose database is not that of the log. */
export function createPeers(options: {
  readonly settings: ConnectionSettings
  readonly log: Log
}): Peers & { close(): Promise<void> } {
  const life = createLife()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const connection = keepConnected({
    ...options,
    async opened(session) {
      await life.begin(session)
      tell()
    },
  })
  const timer = setInterval(async () => {
    const look = connection.current()?.run(readPeers)
    const [row] = (await look?.catch(() => undefined)) ?? []
    if (row && life.hasChanged(row.peers)) tell()
  }, lookMs).unref()
  return {
    session: life.number,
    onPeersChanged(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      clearInterval(timer)
      await connection.close()
    },
  }
}

const readPeers: Statement<{ peers: string | null }> = {
  name: 'peers.read',
  text: `select ${whoLives} as peers`,
  values: [lifeClass],
}
