// What runs the queue in this process. The library is loaded once the platform is up: nobody waits
// for a job in its first second.

import type { Log } from '@prognetwork/contracts'
import type { ConnectionSettings } from '@prognetwork/shared-infrastructure'
import type { Runner } from 'graphile-worker'
import { z } from 'zod'
import { openPool, queueRole } from './install.ts'

/** All that stands in the queue. */
const ticket = z.object({ tenant: z.uuid(), job: z.uuid().optional() })

/** Entries are told of at once; this finds those whose telling was lost. */
const pollMs = 120_000
const startAgainMs = 5_000
const connections = 4

/** Without a job: looks what of the tenant comes next. */
type CarryOut = (tenantId: string, jobId: string | undefined) => Promise<void>

interface Queue {
  start(carryOut: CarryOut): void
  stop(): Promise<void>
}

export function createQueue(parts: {
  readonly settings: ConnectionSettings
  readonly atOnce: number
  readonly log: Log
}): Queue {
  const { settings, atOnce, log } = parts
  let runner: Runner | undefined
  let pool: ReturnType<typeof openPool> | undefined
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  let starting: Promise<void> = Promise.resolve()

  /** Once, whoever comes first. */
  async function closePool(): Promise<void> {
    const open = pool
    pool = undefined
    await open?.end().catch(() => {})
  }

  async function open(carryOut: CarryOut): Promise<void> {
    const { Logger, run } = await import('graphile-worker')
    if (isStopping) return
    const opening = openPool(settings, connections)
    pool = opening
    const ended = (error?: unknown) => {
      void closePool()
      again(carryOut, error)
    }
    const begun = run({
      pgPool: opening,
      ...{ schema: queueRole, concurrency: atOnce, pollInterval: pollMs },
      noHandleSignals: true,
      logger: new Logger(() => (level, message) => {
        if (level === 'error') log.warn({ queue: level }, message)
        else log.debug({ queue: level }, message)
      }),
      taskList: {
        async carry_out(payload) {
          const { tenant, job } = ticket.parse(payload)
          await carryOut(tenant, job)
        },
      },
    })
    const opened = await begun.catch((error: unknown) => ended(error))
    if (!opened) return
    runner = opened
    opened.promise.then(() => ended(), ended)
  }

  function again(carryOut: CarryOut, error: unknown): void {
    runner = undefined
    if (isStopping) return
    log.warn({ error }, 'The queue of jobs ended, and is started again')
    timer = setTimeout(() => start(carryOut), startAgainMs).unref()
  }

  function start(carryOut: CarryOut): void {
    starting = open(carryOut).catch((error: unknown) => again(carryOut, error))
  }

  return {
    start,
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await starting
      await runner?.stop()
      await closePool()
    },
  }
}
