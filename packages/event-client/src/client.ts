// Events of one tenant for a program outside of the platform. Needs nothing but fetch, so it runs in
// Node, in other runtimes and in browsers.
import type { Event, EventTypes } from './event.ts'
import { EventProblem, isPassing, problemOf } from './problem.ts'
import { readBlocks } from './server-sent-events.ts'
import { backOffMs, wait } from './waiting.ts'

/** The log of events that are kept, and the other one. */
type LogName = 'domain' | 'volatile'

export interface NewEvent<Types extends EventTypes = Record<string, object>> {
  readonly type: keyof Types & string
  readonly data: Types[keyof Types]
  /** The id of the thing that it is about. */
  readonly subject?: string
  /** A UUID. With it, sending the event again within a day does nothing more; made up without. */
  readonly id?: string
  readonly source?: string
  /** RFC 3339. */
  readonly time?: string
  readonly dataschema?: string
  readonly correlationid?: string
  /** `volatile` for what is worth little after some weeks: it is kept apart, and not for good. */
  readonly log?: LogName
}

export interface PublishedId {
  readonly id: string
  /** It had been published before, and was not again. */
  readonly isDuplicate: boolean
}

interface Wanted {
  /** `order.placed`, `order.*`; everything without. */
  readonly types?: readonly string[]
  /** Of the other log, where it is wanted; a cursor and a group stay in the one they are of. */
  readonly log?: LogName
  readonly signal?: AbortSignal
}

export interface EventClient<Types extends EventTypes = Record<string, unknown>> {
  /**
   * Publishes events of types of your own. Resolves when they are durable, and sends them again by
   * itself while the platform cannot be reached. Rejects with an `EventProblem`.
   */
  publish(
    events: NewEvent<Types> | readonly NewEvent<Types>[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly PublishedId[]>
  /**
   * Events as they come, from now on or after a cursor; lost connections are opened again where they
   * broke off. Ends when `signal` says so. Throws an `EventProblem` that asking again does not mend.
   */
  subscribe(
    options?: Wanted & { readonly after?: string; readonly subject?: string },
  ): AsyncGenerator<Event<Types>, void>
  /**
   * Works through events under a name: whoever runs under it goes on where the last one stopped. A lot
   * is acknowledged when `handle` has resolved for each of its events; one that rejects comes again.
   */
  work(
    group: string,
    handle: (event: Event<Types>) => Promise<unknown> | unknown,
    options?: Wanted & {
      /** Where a new group begins. */
      readonly startAt?: 'beginning' | 'end'
      /** Told of what `handle` threw, and of connections that failed. */
      readonly onFailure?: (error: unknown) => void
    },
  ): Promise<void>
}

const sendAttempts = 8

export function createEventClient<Types extends EventTypes = Record<string, unknown>>(options: {
  /** Where event-streaming-service is: `https://events.example.com`. */
  readonly url: string
  /** A key with `event:event:read`, `event:event:publish` or `event:group:*`, as far as needed. */
  readonly apiKey: string
}): EventClient<Types> {
  const origin = options.url.replace(/\/+$/, '')
  const credential = { 'x-api-key': options.apiKey }

  /** One request that may be repeated; rejects with a problem, or when it failed too often. */
  async function send(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    for (let failures = 1; ; failures++) {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { ...credential, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }).catch((error: unknown) => {
        if (signal?.aborted || failures >= sendAttempts) throw error
      })
      if (response?.ok) return response.json()
      if (response) {
        const problem = await problemOf(response)
        if (!isPassing(response.status) || failures >= sendAttempts) throw problem
      }
      await wait(backOffMs(failures), signal)
      signal?.throwIfAborted()
    }
  }

  async function open(query: URLSearchParams, after: string | undefined, signal?: AbortSignal) {
    const response = await fetch(`${origin}/v1/stream?${query}`, {
      headers: { ...credential, ...(after !== undefined && { 'last-event-id': after }) },
      ...(signal && { signal }),
    })
    if (response.ok && response.body) return response.body as AsyncIterable<Uint8Array>
    const problem = await problemOf(response)
    if (!isPassing(response.status)) throw problem
    throw new Error(problem.message)
  }

  return {
    async publish(events, { signal } = {}) {
      const list = [events].flat().map((event) => ({
        specversion: '1.0',
        // So that an attempt whose answer was lost is not made twice.
        id: crypto.randomUUID(),
        ...event,
      }))
      const answer = await send('POST', '/v1/events', list, signal)
      return (answer as { events: PublishedId[] }).events
    },

    async *subscribe({ types, log, subject, after, signal } = {}) {
      const query = new URLSearchParams()
      if (types) query.set('types', types.join(','))
      if (log) query.set('log', log)
      if (subject !== undefined) query.set('subject', subject)
      let cursor = after
      for (let failures = 0; !signal?.aborted; ) {
        try {
          for await (const { id, event, data } of readBlocks(await open(query, cursor, signal))) {
            cursor = id ?? cursor
            failures = 0
            if (event === 'message' && data !== undefined) yield JSON.parse(data)
          }
        } catch (error) {
          if (signal?.aborted) return
          if (error instanceof EventProblem) throw error
        }
        failures += 1
        await wait(backOffMs(failures), signal)
      }
    },

    async work(group, handle, { types = ['*'], log, startAt = 'end', signal, onFailure } = {}) {
      const path = `/v1/groups/${encodeURIComponent(group)}`
      await send('PUT', path, { types, startAt, ...(log && { log }) }, signal)
      for (let failures = 0; !signal?.aborted; ) {
        try {
          const lot = (await send('POST', `${path}/fetch`, { waitMs: 8_000 }, signal)) as {
            lease: string | null
            events: Event<Types>[]
            cursor: string
          }
          if (lot.lease === null) continue
          const { lease } = lot
          const handled = await handleLot(lot, handle, onFailure)
          // Without a cursor the lot is given back.
          const cursor = handled.cursor === undefined ? {} : { cursor: handled.cursor }
          await send('POST', `${path}/ack`, { lease, ...cursor }, undefined)
          failures = handled.hasFailed ? failures + 1 : 0
        } catch (error) {
          if (signal?.aborted) return
          if (error instanceof EventProblem && error.code !== 'event_streaming.lease_lost')
            throw error
          onFailure?.(error)
          failures += 1
        }
        if (failures > 0) await wait(backOffMs(failures), signal)
      }
    },
  }
}

/** How far a lot was dealt with: to its end, or to before the event that failed. */
async function handleLot<One extends { readonly cursor: string }>(
  lot: { readonly events: readonly One[]; readonly cursor: string },
  handle: (event: One) => unknown,
  onFailure: ((error: unknown) => void) | undefined,
): Promise<{ cursor: string | undefined; hasFailed: boolean }> {
  let cursor: string | undefined
  for (const event of lot.events) {
    try {
      await handle(event)
    } catch (error) {
      onFailure?.(error)
      return { cursor, hasFailed: true }
    }
    cursor = event.cursor
  }
  return { cursor: lot.cursor, hasFailed: false }
}
