import { randomBytes } from 'node:crypto'
import { type ConnectionSettings, connectDirectly } from './connections.ts'

/**
 * What is between us and the database: nothing; a pooler that keeps track of each client's named
 * statements; or one that does not, behind which a name fails whenever another server connection
 * serves the next transaction.
 */
export type Pooling = 'none' | 'named statements' | 'unnamed statements'

/**
 * Finds out by two facts that do not depend on load or luck. A pooler gives its clients cancel keys
 * of its own, so the process number announced at the connection is not that of the server process
 * that answers. One that keeps track of named statements (PgBouncer from 1.21 with
 * `max_prepared_statements`) prepares them in the server under names of its own; seen from within
 * the same transaction, and so the same server connection, ours is then not there.
 */
export async function probePooling(settings: ConnectionSettings): Promise<Pooling> {
  const client = await connectDirectly(settings)
  try {
    // pg types leave the process id of the server's session out.
    const announced: unknown = 'processID' in client ? client.processID : undefined
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    if (rows[0]?.pid === announced) return 'none'
    const name = `probe_${randomBytes(8).toString('hex')}`
    await client.query('begin')
    await client.query({ name, text: 'select 1' })
    const { rows: kept } = await client.query(
      'select from pg_prepared_statements where name = $1',
      [name],
    )
    // Its server connection serves others next.
    if (kept.length > 0) await client.query(`deallocate ${name}`)
    await client.query('commit')
    return kept.length === 0 ? 'named statements' : 'unnamed statements'
  } finally {
    await client.end()
  }
}
