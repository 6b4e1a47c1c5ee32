import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseInternals } from '../database/database.ts'

/** Whether one service can do its work. Read by the public, so it says what and never why. */
interface ServiceHealth {
  readonly ready: boolean
  /** Absent for a service without a database. */
  readonly database?: 'answers' | 'does not answer'
}

export interface Health {
  readonly ready: boolean
  readonly draining: boolean
  readonly services: Readonly<Record<string, ServiceHealth>>
}

interface HealthSource {
  readonly definition: { readonly name: string }
  readonly databases: readonly DatabaseInternals[]
}

const pingTimeoutMs = 1_000

/** Asks the database of every service of this process; takes a second at the most. */
export async function healthOf(
  services: Iterable<HealthSource>,
  draining: boolean,
): Promise<Health> {
  const states = await Promise.all(
    [...services].map(async ({ definition, databases }) => {
      if (databases.length === 0) return [definition.name, { ready: true }] as const
      const ready = (await Promise.all(databases.map(answers))).every(Boolean)
      return [definition.name, { ready, database: ready ? 'answers' : 'does not answer' }] as const
    }),
  )
  return {
    ready: !draining && states.every(([, { ready }]) => ready),
    draining,
    services: Object.fromEntries(states),
  }
}

/** How many callers wait for a connection, by service. */
export function poolsWaiting(services: Iterable<HealthSource>): Record<string, number> {
  return Object.fromEntries(
    [...services].map(({ definition, databases }) => [
      definition.name,
      databases.reduce((sum, database) => sum + database.waiting(), 0),
    ]),
  )
}

async function answers(database: DatabaseInternals): Promise<boolean> {
  const timeout = new AbortController()
  const ping = database.ping().then(
    () => true,
    () => false,
  )
  const late = wait(pingTimeoutMs, false, { signal: timeout.signal, ref: false }).catch(() => false)
  try {
    return await Promise.race([ping, late])
  } finally {
    timeout.abort()
  }
}
