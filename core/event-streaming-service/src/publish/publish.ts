import { createHash } from 'node:crypto'
import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  dataUnfit,
  eventDiffers,
  type eventStreamingContract,
  type PublishedEvent,
  typeReserved,
} from '@prognetwork/contracts/event-streaming'
import { partitionOf } from '@prognetwork/event-based-service-client'
import {
  createLots,
  type Database,
  type InputError,
  type JobContext,
  later,
  newId,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { formatTraceparent } from '@prognetwork/shared-infrastructure/telemetry'
import type { createSchemas } from '../schemas/schemas.ts'
import { forgetPublished, type OutgoingEvent, type Published, publish } from './publish.store.ts'

type PublishEvents = typeof eventStreamingContract.operations.publishEvents

const gatherMs = 2
const lotSize = 200
/** A lot is held whole, twice: here and in the database's statement. */
const lotCharacters = 4_000_000
const rememberedMs = 24 * 3_600_000
const forgottenAtOnce = 5_000

/** Events of outside publishers: types that no service of the platform owns. */
export function createPublish(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  /** The first word of each type that a service owns. */
  readonly ownedAggregates: ReadonlySet<string>
  /** Told after each commit. */
  readonly onCommit: () => void
  readonly schemas: Pick<ReturnType<typeof createSchemas>, 'validate'>
}) {
  const { db, platform, ownedAggregates, schemas } = parts

  /** Resolves when the events are durable. They have their ids: nothing is written twice. */
  const write = createLots<readonly OutgoingEvent[], readonly Published[]>({
    gatherMs,
    shareOf: shareOfLot,
    async work(ctx, items) {
      const [rows] = await db.batch(ctx, [publish(items.flat(), ctx.now)])
      parts.onCommit()
      return items.map((events) => rows.splice(0, events.length))
    },
  })

  function refuseOwned(events: readonly PublishedEvent[], places: readonly string[]): void {
    const errors = events.flatMap(({ type }, index) =>
      ownedAggregates.has(aggregateOf(type))
        ? [
            {
              pointer: `${places[index]}/type`,
              expected: 'a type of your own',
              detail: `Events about "${aggregateOf(type)}" come from the platform`,
            },
          ]
        : [],
    )
    if (errors[0]) throw new Problem(typeReserved, errors[0].detail, { errors })
  }

  /** The version of each event's schema; types that nobody registered may hold anything. */
  async function versionsOf(
    ctx: Context,
    events: readonly PublishedEvent[],
    places: readonly string[],
  ): Promise<readonly number[]> {
    const errors: InputError[] = []
    const versions: number[] = []
    const validities = await Promise.all(
      events.map(({ type, dataschema, data }) =>
        schemas.validate(ctx, type, versionOf(dataschema), data),
      ),
    )
    for (const [index, validity] of validities.entries()) {
      const named = versionOf(events[index]?.dataschema)
      versions.push(validity?.version ?? named ?? 1)
      if (validity?.fits === false)
        for (const error of validity.errors)
          errors.push({ ...error, pointer: `${places[index]}/data${error.pointer}` })
    }
    if (errors[0]) throw new Problem(dataUnfit, errors[0].detail, { errors })
    return versions
  }

  return {
    async publish(ctx: Context, { body }: Input<PublishEvents>): Promise<Output<PublishEvents>> {
      const [events, places] = Array.isArray(body)
        ? [body, body.map((_, index) => `/body/${index}`)]
        : [[body], ['/body']]
      refuseOwned(events, places)
      const versions = await versionsOf(ctx, events, places)
      const outgoing = events.map((one, index) => outgoingOf(ctx, one, versions[index] ?? 1))
      const published = await write(ctx, outgoing)
      const errors = published.flatMap(({ isNew, digest }, index) =>
        isNew || !digest || digest.equals(outgoing[index]?.digest ?? digest)
          ? []
          : [
              {
                pointer: `${places[index]}/id`,
                expected: 'a new id, or the same event again',
                detail: 'Another event was published under this id within a day',
              },
            ],
      )
      if (errors.length > 0) {
        const others = events.length - errors.length
        const rest = others > 0 ? `; the other ${others} are published` : ''
        throw new Problem(eventDiffers, `${errors[0]?.detail}${rest}`, { errors })
      }
      return {
        events: outgoing.map(({ id }, index) => ({
          id,
          isDuplicate: published[index]?.isNew === false,
        })),
      }
    },

    /** Ids are remembered for a day. */
    async forget({ ctx }: JobContext): Promise<void> {
      for (let forgotten = forgottenAtOnce; forgotten === forgottenAtOnce; )
        forgotten = await platform.transaction(ctx, 'forget ids of a day ago', async (tx) => {
          const [row] = await tx.run(
            forgetPublished(later(ctx.now, -rememberedMs), forgottenAtOnce),
          )
          return row?.forgotten ?? 0
        })
    },
  }
}

/** The first word of a type: what the event is about. */
export function aggregateOf(type: string): string {
  return type.split('.', 1)[0] ?? type
}

/** The version that an event names by the address of its schema. */
function versionOf(dataschema: string | undefined): number | undefined {
  return dataschema === undefined ? undefined : Number(dataschema.split(':').at(-1))
}

function outgoingOf(ctx: Context, event: PublishedEvent, version: number): OutgoingEvent {
  const { type, data, log = 'domain' } = event
  const id = event.id ?? newId()
  const source = event.source ?? `${ctx.principal.kind}:${ctx.principal.subject}`
  const key = event.subject ?? id
  const text = JSON.stringify(data)
  const time = event.time === undefined ? ctx.now : new Date(event.time).toISOString()
  return {
    ...{ id, source, type, version, key, time, log, data: text },
    partition: partitionOf(ctx.scope.tenantId, key),
    aggregateVersion: event.aggregateversion ?? null,
    traceparent: event.traceparent ?? formatTraceparent(ctx.trace),
    causationId: event.causationid ?? null,
    correlationId: event.correlationid ?? ctx.correlationId ?? ctx.trace.traceId,
    // Without what is filled in anew when the same event is sent again.
    digest: createHash('sha256')
      .update(JSON.stringify([type, version, key, event.time ?? null, text]))
      .digest(),
  }
}

function shareOfLot(events: readonly OutgoingEvent[]): number {
  const characters = events.reduce((sum, { data }) => sum + data.length, 0)
  return Math.max(events.length / lotSize, characters / lotCharacters)
}
