import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { createRemoteFeed, type LogFeed } from '@prognetwork/event-based-service-client'
import { Unavailable } from '../service/failure.ts'
import type { Call } from './call.ts'

/** Answers come more often when all is quiet, so this long without one means that nobody is there. */
const silenceMs = 5_000

/**
 * Follows the log through event-streaming-service, for a service without a database. In one process
 * the calls stay in it.
 */
export function followRemotely(options: {
  readonly call: Call
  readonly context: () => Context
  readonly types: readonly string[]
}): LogFeed {
  const { call, context, types } = options
  return createRemoteFeed({
    types,
    follow: (from) =>
      orSilence(
        call(
          context(),
          eventStreamingContract.operations.followEvents,
          { query: from ? { incarnation: from.incarnation, after: from.position } : {} },
          { isBackground: true, isPoll: true },
        ),
      ),
  })
}

/** Throws when nobody answers for longer than an answer ever takes. */
export async function orSilence<T>(answer: Promise<T>): Promise<T> {
  const answered = new AbortController()
  const silence = async () => {
    await wait(silenceMs, undefined, { signal: answered.signal, ref: false })
    throw new Unavailable('the log')
  }
  const silent = silence()
  silent.catch(() => {})
  try {
    return await Promise.race([answer, silent])
  } finally {
    answered.abort()
  }
}
