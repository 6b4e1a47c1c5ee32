// The log for a service whose tables are in another database: event-streaming-service reads for it, and
// says when there is more. In one process the calls stay in it.
import { setTimeout as wait } from 'node:timers/promises'
import type { CallInput, Context, LogName, NamedOperation, Output } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import type { LogSource, Moved, MoveWakeUps } from '@prognetwork/event-based-service-client'
import type { Call } from './call.ts'
import { orSilence } from './following.ts'

const { readLog, readLogEnd, readLogWindow, readReadingRights } = eventStreamingContract.operations

interface Way {
  readonly call: Call
  readonly context: () => Context
}

function asker({ call, context }: Way) {
  return <O extends NamedOperation>(operation: O, input: CallInput<O>): Promise<Output<O>> =>
    orSilence(call(context(), operation, input, { isBackground: true, isPoll: true }))
}

export function createRemoteLogSource(way: Way): LogSource {
  const ask = asker(way)
  return {
    end: (log) => ask(readLogEnd, { query: { log } }),
    async read({ log, incarnation }, types, after, most) {
      const body = { log, incarnation, types: [...types], after: [...after], most }
      return ask(readLog, { body })
    },
    async rights(types) {
      const { items } = await ask(readReadingRights, { body: { types: [...types] } })
      return new Map(items.map(({ type, since }) => [type, since]))
    },
    async window(replay, after, most) {
      const { incarnation, types, upTo, tenantId, key, since, before } = replay
      const filter = { tenantId, key, since, before }
      const window = { incarnation, types: [...types], upTo: [...upTo], ...filter }
      return ask(readLogWindow, { body: { ...window, after, most } })
    },
  }
}

export interface RemoteMoves extends Pick<MoveWakeUps, 'onMoved'> {
  close(): Promise<void>
}

const afterFailureMs = 500

/** Asks where a log ends, again and again, while somebody listens; each answer waits for news. */
export function followMoves(way: Way, log: LogName): RemoteMoves {
  const ask = asker(way)
  const listeners = new Set<(moved: Moved) => void>()
  const closing = new AbortController()
  let loop: Promise<void> | undefined

  async function follow(): Promise<void> {
    let after: number | undefined
    while (!closing.signal.aborted)
      try {
        const query = { log, ...(after !== undefined && { after }) }
        const { position } = await orClosed(ask(readLogEnd, { query }), closing.signal)
        if (position === after) continue
        after = position
        for (const listener of listeners) listener({ log, to: position })
      } catch {
        // Whoever reads is interrupted as well, and says so. The end may be another life's.
        after = undefined
        await wait(afterFailureMs, undefined, { signal: closing.signal }).catch(() => {})
      }
  }

  return {
    onMoved(listener) {
      listeners.add(listener)
      loop ??= follow()
      return () => listeners.delete(listener)
    },
    async close() {
      closing.abort()
      await loop
    },
  }
}

async function orClosed<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const closed = Promise.withResolvers<never>()
  const close = () => closed.reject(new Error('it was closed'))
  signal.addEventListener('abort', close)
  try {
    return await Promise.race([answer, closed.promise])
  } finally {
    signal.removeEventListener('abort', close)
  }
}
