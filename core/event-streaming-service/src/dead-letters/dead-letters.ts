// What services could not handle, wherever it is parked: asked for and let go on in one place.
import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  consumerMissing,
  type eventStreamingContract,
} from '@prognetwork/contracts/event-streaming'
import type { LoggedEvent } from '@prognetwork/event-based-service-client'
import {
  type Audit,
  type Call,
  type Database,
  listPage,
  Problem,
  parkedKeysOf,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'

type Operations = typeof eventStreamingContract.operations

const placeCursor = z.tuple([z.string(), z.string()])

export function createDeadLetters(parts: {
  readonly call: Call
  readonly db: Database
  readonly audit: Audit
  readonly events: CloudEvents
  /** Services that consume, in the order of the alphabet. */
  readonly consumers: readonly string[]
}) {
  const { call, db, audit, events, consumers } = parts

  function chosen(service: string | undefined): readonly string[] {
    if (service === undefined) return consumers
    if (consumers.includes(service)) return [service]
    throw new Problem(consumerMissing, `Those that do are ${consumers.join(', ')}`)
  }

  return {
    async list(
      ctx: Context,
      { query }: Input<Operations['listDeadLetters']>,
    ): Promise<Output<Operations['listDeadLetters']>> {
      const { state, limit } = query
      const [from, lastKey] = readCursor(query.after, placeCursor) ?? ['', undefined]
      const found: Output<Operations['listDeadLetters']>['items'] = []
      for (const service of chosen(query.service)) {
        if (service < from || found.length > limit) continue
        const { listParkedKeys } = parkedKeysOf(service).operations
        const after = service === from ? lastKey : undefined
        const wanted = String(limit + 1 - found.length)
        const { items } = await call(ctx, listParkedKeys, {
          query: { state, limit: wanted, ...(after !== undefined && { after }) },
        })
        found.push(...items.map((one) => ({ service, ...one })))
      }
      return listPage(found, limit, ({ service, key }) => [service, key])
    },

    async read(
      ctx: Context,
      { params: { service, key } }: Input<Operations['readDeadLetter']>,
    ): Promise<Output<Operations['readDeadLetter']>> {
      const [name = ''] = chosen(service)
      const { readParkedKey } = parkedKeysOf(name).operations
      const { waiting, ...parked } = await call(ctx, readParkedKey, { body: { key } })
      return { service: name, ...parked, waiting: waiting.map((text) => shown(text, events)) }
    },

    async redrive(
      ctx: Context,
      { body: { service, keys } }: Input<Operations['redriveDeadLetters']>,
    ): Promise<Output<Operations['redriveDeadLetters']>> {
      const redriven: { service: string; keys: number }[] = []
      for (const name of chosen(service)) {
        const { redriveParkedKeys } = parkedKeysOf(name).operations
        const body = keys === undefined ? {} : { keys }
        const answer = await call(ctx, redriveParkedKeys, { body })
        redriven.push({ service: name, keys: answer.redriven })
      }
      await db.batch(ctx, [
        audit(ctx, {
          action: 'dead_letters.redriven',
          outcome: 'success',
          detail: { service: service ?? null, keys: keys ?? null, redriven },
        }),
      ])
      return { redriven }
    },

    async skip(
      ctx: Context,
      { params: { service, key }, body: { eventId } }: Input<Operations['skipDeadLetter']>,
    ): Promise<Output<Operations['skipDeadLetter']>> {
      const [name = ''] = chosen(service)
      const { skipParkedEvent } = parkedKeysOf(name).operations
      const { left } = await call(ctx, skipParkedEvent, { body: { key, eventId } })
      await db.batch(ctx, [
        audit(ctx, {
          action: 'dead_letter.skipped',
          outcome: 'success',
          resource: `event/${eventId}`,
          detail: { service: name, key, left },
        }),
      ])
      return { left }
    },
  }
}

/** An event as it was parked: the whole of it as the log holds it. */
function shown(
  text: string,
  events: CloudEvents,
): Output<Operations['readDeadLetter']>['waiting'][number] {
  const parked: LoggedEvent = JSON.parse(text)
  const { id, type, time, traceparent } = parked
  return { id, type, time, traceparent, data: events.dataOf(parked) }
}
