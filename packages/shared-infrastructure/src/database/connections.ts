import pg from 'pg'

/** How one database role connects. */
export interface ConnectionSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly ssl?: boolean
}

const int8 = 20
const timestamptz = 1184

/**
 * Rows come out as wire values: a bigint as a safe integer, a point in time as RFC 3339 with
 * milliseconds. Beyond 2^53 is an error, never a rounded number.
 */
export const wireTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (oid === int8) return parseInteger
    if (oid === timestamptz) return parseTimestamp
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig

/** As the server writes it to a session in UTC: 2026-11-21 09:30:00.25+00. */
function parseTimestamp(value: string): string {
  if (value[10] !== ' ' || !value.endsWith('+00')) return new Date(value).toISOString()
  const fraction = value.slice(20, -3).padEnd(3, '0').slice(0, 3)
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction}Z`
}

function parseInteger(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond a safe integer`)
  return number
}

/** Parses postgres://user:password@host:port/database; `sslmode=require` turns TLS on. */
export function parseDatabaseUrl(value: string): ConnectionSettings {
  const url = new URL(value)
  const ssl = ['require', 'verify-ca', 'verify-full'].includes(
    url.searchParams.get('sslmode') ?? '',
  )
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname),
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ...(ssl && { ssl }),
  }
}

/** A client of its own, for LISTEN, leases and migrations; the caller ends it. */
export async function connectDirectly(settings: ConnectionSettings): Promise<pg.Client> {
  const client = new pg.Client({ ...settings, types: wireTypes })
  // Without a listener, a connection lost while idle would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

/**
 * The connections of one role: a pool for writes (commits on different connections group), and two
 * pipelined ones for reads (many small reads share a round trip). All open lazily and close when
 * idle, so a service that nobody uses holds none.
 */
export interface Connections {
  /** A connection of its own for as long as `use` runs. */
  withWriter<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** A shared pipelined connection: one submittable at a time, nothing that keeps state. */
  reader(): Promise<pg.Client>
  waiting(): number
  close(): Promise<void>
}

const idleMs = 30_000
const readerCount = 2

export function createConnections(
  settings: ConnectionSettings,
  options: { max: number; waitMs: number },
): Connections {
  const pool = new pg.Pool({
    ...settings,
    max: options.max,
    idleTimeoutMillis: idleMs,
    connectionTimeoutMillis: options.waitMs,
    types: wireTypes,
  })
  pool.on('error', () => {})
  const readers = Array.from({ length: readerCount }, () => createReader(settings, options.waitMs))
  let turn = 0
  return {
    async withWriter(use) {
      const client = await pool.connect()
      let broken: Error | undefined
      const onError = (error: Error) => {
        broken = error
      }
      client.on('error', onError)
      try {
        return await use(client)
      } finally {
        client.off('error', onError)
        client.release(broken)
      }
    },
    reader() {
      turn = (turn + 1) % readerCount
      const reader = readers[turn]
      if (!reader) throw new Error('no read connection')
      return reader.get()
    },
    waiting: () => pool.waitingCount,
    async close() {
      await Promise.all([pool.end(), ...readers.map((reader) => reader.close())])
    },
  }
}

function createReader(settings: ConnectionSettings, connectMs: number) {
  let client: Promise<pg.Client> | undefined
  let current: pg.Client | undefined
  let idle: NodeJS.Timeout | undefined

  const open = async (): Promise<pg.Client> => {
    const opened = new pg.Client({
      ...settings,
      types: wireTypes,
      connectionTimeoutMillis: connectMs,
      ...{ pipeline: true },
    })
    // A late end of an old connection must not forget a newer one.
    const forget = () => {
      if (current === opened) client = undefined
    }
    current = opened
    opened.on('error', forget)
    opened.on('end', forget)
    await opened.connect()
    return opened
  }

  const close = async (): Promise<void> => {
    clearTimeout(idle)
    const open = client
    client = undefined
    await open?.then((one) => one.end()).catch(() => {})
  }

  return {
    async get(): Promise<pg.Client> {
      clearTimeout(idle)
      idle = setTimeout(() => void close(), idleMs)
      idle.unref()
      client ??= open().catch((error: unknown) => {
        client = undefined
        throw error
      })
      return client
    },
    close,
  }
}
