// What gateways tell of payments by webhooks. Told twice it is kept once; and whatever it says, in
// whatever order, what is true by then is asked for.
import type { Context } from '@prognetwork/contracts'
import { signatureWrong } from '@prognetwork/contracts/payment'
import {
  type Database,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Payments } from '../payments/payments.ts'
import { isSigned } from './signature.ts'
import {
  forgetEvents,
  insertEvent,
  listDueEvents,
  noteHandled,
  putOffEvents,
} from './told.store.ts'

/** As long as whoever received it is given to handle it. */
const patienceMs = 30_000
const retryMs = 60_000
const lotSize = 100
/** Stripe lists events for 30 days. */
const keptMs = 35 * 24 * 3_600_000

/** What is read of an event: what it is about. */
const event = z.object({
  id: z.string().max(255),
  type: z.string().max(255),
  data: z.object({
    object: z.object({
      id: z.string().optional(),
      object: z.string(),
      payment_intent: z.unknown().optional(),
    }),
  }),
})
export type About = z.output<typeof event>['data']['object']

/** A gateway as far as it tells of payments. */
export interface Teller {
  readonly name: string
  /** What it calls the payment that it tells of. */
  referenceOf(about: About): string | undefined
  /** The payment was made, and whoever asked for it did not live to hear that. */
  adopt(ctx: Context, reference: string): Promise<void>
}

export interface Heard {
  readonly body: Uint8Array
  readonly signature: string
  /** Null where nothing is believed. */
  readonly secret: string | null
}

export function createTold(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly realTime: RealTime
  readonly payments: Payments
  readonly tellers: readonly Teller[]
}) {
  const { db, platform, realTime, payments } = parts
  const tellers = new Map(parts.tellers.map((one) => [one.name, one]))
  const underWay = new Set<Promise<void>>()

  /** The payment that a new event is about. */
  async function keep(ctx: Context, teller: Teller, told: unknown): Promise<string | undefined> {
    const { data } = event.safeParse(told)
    const reference = data && teller.referenceOf(data.data.object)
    if (!reference) return undefined
    const { id, type } = data
    const dueAt = later(ctx.now, patienceMs)
    const [[inserted]] = await db.batch(ctx, [
      insertEvent(teller.name, id, type, reference, ctx.now, dueAt),
    ])
    return inserted && reference
  }

  async function handle(ctx: Context, teller: Teller, reference: string): Promise<void> {
    const isKnown = await payments.happened(ctx, teller.name, reference)
    if (!isKnown) await teller.adopt(ctx, reference)
    await db.batch(ctx, [noteHandled(teller.name, reference, ctx.now, ctx.now)])
  }

  /** Who tells waits for an answer no longer than it must; what fails is done again by the job. */
  function handleAfterwards(ctx: Context, teller: Teller, reference: string): Promise<void> {
    const work = handle(ctx, teller, reference)
      .catch((error) => ctx.log.warn({ error, reference }, 'What was told is handled later'))
      .finally(() => underWay.delete(work))
    underWay.add(work)
    return work
  }

  return {
    keep,
    handle,

    /**
     * The one way in for webhooks of all gateways: what is not signed is not read. It is answered
     * before it is handled.
     */
    async hear(ctx: Context, teller: Teller, { body, signature, secret }: Heard) {
      if (secret === null) throw new Problem(signatureWrong, 'Set the signing secret first')
      const nowSeconds = Math.floor(realTime.nowMs() / 1_000)
      if (!isSigned(body, signature, { secret, nowSeconds }))
        throw new Problem(signatureWrong, 'Set the secret that the gateway shows for its webhooks')
      const reference = await keep(ctx, teller, readJson(body))
      const isNew = reference !== undefined
      return { handling: isNew ? handleAfterwards(ctx, teller, reference) : Promise.resolve() }
    },

    /** Handles what was kept, and was not handled by whoever heard it. */
    async follow({ ctx, forEach }: JobContext): Promise<void> {
      const reason = 'handle what gateways told'
      const events = await platform.read(ctx, reason, listDueEvents(ctx.now, lotSize))
      await forEach(events, async (inTenant, { gateway, id: reference }) => {
        const teller = tellers.get(gateway)
        if (!teller) throw new Error(`nothing is heard of ${gateway}`)
        const until = later(inTenant.now, retryMs)
        await db.batch(inTenant, [putOffEvents(gateway, reference, until)])
        await handle(inTenant, teller, reference)
      })
    },

    async forget({ ctx }: JobContext): Promise<void> {
      await platform.batch(ctx, 'forget what gateways told', [
        forgetEvents(later(ctx.now, -keptMs)),
      ])
    },

    async close(): Promise<void> {
      await Promise.all(underWay)
    },
  }
}

export type Told = ReturnType<typeof createTold>

/** Undefined for what is none. */
function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString())
  } catch {
    return undefined
  }
}

export async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
