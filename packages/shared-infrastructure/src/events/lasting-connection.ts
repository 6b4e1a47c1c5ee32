import type { Log, Statement } from '@prognetwork/contracts'
import pg from 'pg'
import { type ConnectionSettings, wireTypes } from '../database/connections.ts'

/** A session of its own on the database, past any pooler: for LISTEN, leases and what follows one. */
export interface Session {
  /** One statement, behind those before it; throws when the connection is gone. */
  run<Row extends object>(one: Statement<Row>): Promise<Row[]>
  isClosed(): boolean
}

export interface LastingConnection {
  /** The open session, if there is one. */
  current(): Session | undefined
  close(): Promise<void>
}

const connectMs = 3_000
/** A statement without an answer means a dead network: the connection is given up. */
const answerMs = 8_000
const firstRetryMs = 100
const maxRetryMs = 2_000

/** Keeps one session open: whenever it ends, a new one is opened and `opened` is told. */
export function keepConnected(options: {
  readonly settings: ConnectionSettings
  /** Runs first on every new session; when it throws, the session is given up. */
  readonly opened: (session: Session) => Promise<void>
  readonly closed?: () => void
  readonly notified?: (channel: string, payload: string, isOwn: boolean) => void
  readonly log: Log
}): LastingConnection {
  let client: pg.Client | undefined
  let session: Session | undefined
  let stopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let connecting: Promise<void> = Promise.resolve()

  const again = () => {
    if (stopping) return
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, failures))
    failures += 1
    timer = setTimeout(connect, waitMs)
    timer.unref()
  }

  const open = async (): Promise<void> => {
    const opening = new pg.Client({
      ...options.settings,
      types: wireTypes,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      keepAlive: true,
    })
    client = opening
    const lost = () => {
      if (client !== opening) return
      client = undefined
      const wasOpen = session !== undefined
      session = undefined
      if (wasOpen) options.closed?.()
      again()
    }
    opening.on('error', lost)
    opening.on('end', lost)
    opening.on('notification', ({ channel, payload, processId }) => {
      // pg types leave the process id of the server's session out.
      const own: unknown = 'processID' in opening ? opening.processID : undefined
      options.notified?.(channel, payload ?? '', processId === own)
    })
    try {
      await opening.connect()
      const opened = sessionOver(opening, () => client !== opening)
      await options.opened(opened)
      session = opened
      failures = 0
    } catch (error) {
      options.log.warn({ error }, 'A direct connection to the database is tried again')
      await opening.end().catch(() => {})
      lost()
    }
  }

  const connect = () => {
    connecting = open()
  }
  connect()
  return {
    current: () => session,
    async close() {
      stopping = true
      clearTimeout(timer)
      await connecting
      const closing = client
      client = undefined
      session = undefined
      await closing?.end().catch(() => {})
    },
  }
}

function sessionOver(client: pg.Client, isClosed: () => boolean): Session {
  let last: Promise<unknown> = Promise.resolve()
  return {
    isClosed,
    async run(one) {
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      await before
      try {
        const { rows } = await client.query({
          ...(one.name !== undefined && { name: one.name }),
          text: one.text,
          values: [...one.values],
        })
        return rows
      } catch (error) {
        // The answer may still come and would be taken for that of the next statement.
        if (error instanceof Error && error.message === 'Query read timeout')
          client.end().catch(() => {})
        throw error
      } finally {
        resolve()
      }
    },
  }
}
