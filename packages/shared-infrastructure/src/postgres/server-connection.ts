import { Client } from 'pg'

/** How the superuser connects: through a Unix socket only, TCP is never opened. */
export interface ServerConnection {
  /** The folder of the socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: 'postgres'
}

type ServerAnswer = 'ready' | 'starting' | 'stopping' | 'unreachable'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * Asks a server how it is by connecting, the only proof that it takes work.
 * @throws Error when it refuses our password or serves another data directory.
 */
export async function askServer(
  connection: ServerConnection,
  dataDirectory: string,
): Promise<ServerAnswer> {
  const client = new Client({
    ...connection,
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // The server may go while we talk to it; the query below then rejects as well.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ directory: string }>(
      `select current_setting('data_directory') as directory`,
    )
    if (rows[0]?.directory === dataDirectory) return 'ready'
  } catch (error) {
    return interpretRefusal(error as Error & { code?: string }, connection)
  } finally {
    await client.end().catch(() => undefined)
  }
  throw new Error(
    `The PostgreSQL server behind the socket in ${connection.host} serves another data directory ` +
      `than ${dataDirectory}. Stop that server and start again.`,
  )
}

function interpretRefusal(
  error: Error & { code?: string },
  connection: ServerConnection,
): ServerAnswer {
  if (error.code === '28P01' || error.code === '28000') {
    throw new Error(
      `PostgreSQL refused the user ${connection.user} (${error.message}). Its password must be ` +
        'the one in the file postgres.password of the state directory.',
      { cause: error },
    )
  }
  // cannot_connect_now; LC_ALL=C keeps its text in English.
  if (error.code === '57P03') {
    return error.message.includes('shutting down') ? 'stopping' : 'starting'
  }
  return 'unreachable'
}
