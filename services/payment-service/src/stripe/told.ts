// What Stripe tells of payments: by webhooks, and by the list of an account's events, in which
// stands what no webhook brought. Told twice it is kept once; and whatever it says, in whatever
// order, what is true by then is asked for.
import type { Context } from '@prognetwork/contracts'
import {
  orderPaid,
  type paymentContract,
  signatureWrong,
  webhookMissing,
} from '@prognetwork/contracts/payment'
import {
  type Database,
  type Handlers,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Payments } from '../payments/payments.ts'
import { findAccount, listAccountsDue, lookLater, setToldUntil } from './accounts.store.ts'
import { lookIntervalMs, readEndpoint, type StripeAccounts } from './accounts.ts'
import type { StripeAccess } from './client.ts'
import type { StripeGateway } from './stripe.ts'
import {
  forgetEvents,
  insertEvent,
  listDueEvents,
  noteHandled,
  putOffEvents,
} from './told.store.ts'

const reason = 'Stripe tells of payments'
/** As long as whoever received it is given to handle it. */
const patienceMs = 30_000
const retryMs = 60_000
const lotSize = 100
/** So much of the list is read at a time. An event may get into it later than others of its time. */
const windowSeconds = 3_600
const overlapSeconds = 600
/** Stripe lists events for 30 days. */
const keptMs = 35 * 24 * 3_600_000

const eventTypes = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.refunded',
  'refund.created',
  'refund.updated',
]

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

export function createTold(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly access: StripeAccess
  readonly accounts: StripeAccounts
  readonly gateway: StripeGateway
  readonly payments: Payments
}) {
  const { db, platform, access, accounts, gateway, payments } = parts
  const underWay = new Set<Promise<void>>()

  /** The payment that a new event is about. */
  async function keep(ctx: Context, told: unknown): Promise<string | undefined> {
    const { data } = event.safeParse(told)
    const reference = data && referenceOf(data.data.object)
    if (!reference) return undefined
    const { id, type } = data
    const dueAt = later(ctx.now, patienceMs)
    const [[inserted]] = await db.batch(ctx, [insertEvent(id, type, reference, ctx.now, dueAt)])
    return inserted && reference
  }

  async function handle(ctx: Context, reference: string): Promise<void> {
    const isKnown = await payments.happened(ctx, gateway.name, reference)
    if (!isKnown) await adopt(ctx, reference)
    await db.batch(ctx, [noteHandled(reference, ctx.now, ctx.now)])
  }

  /** The payment was made, and whoever asked for it did not live to hear that. */
  async function adopt(ctx: Context, reference: string): Promise<void> {
    const found = await gateway.find(ctx, reference)
    if (!found) return
    const { payment, authorization } = found
    try {
      await payments.adopt(ctx, gateway, payment, authorization)
    } catch (error) {
      if (!(error instanceof Problem && error.code === orderPaid.code)) throw error
      ctx.log.warn({ error, reference }, 'A payment at Stripe was of an order that is paid for')
    }
  }

  const hear: Handlers<typeof paymentContract>['hearStripe'] = async (ctx, input) => {
    const { tenantId, key } = readEndpoint(input.params.endpoint)
    const inTenant = platform.enter(ctx, tenantId, reason)
    const secret = await accounts.signingSecretAt(inTenant, key)
    if (secret === undefined) throw new Problem(webhookMissing, 'Read the account for its address')
    const body = await whole(input.body)
    const signature = input.headers['stripe-signature'] ?? ''
    const reference = await keep(inTenant, await verified(body, signature, secret))
    if (reference !== undefined) handleAfterwards(inTenant, reference)
    return { received: true }
  }

  async function verified(body: Buffer, signature: string, secret: string | null) {
    if (secret === null) throw new Problem(signatureWrong, 'Set the signing secret first')
    return access.verify(body, signature, secret).catch((error) => {
      throw new Problem(signatureWrong, 'Set the secret that Stripe shows beside its webhook', {
        cause: error,
      })
    })
  }

  /** Stripe waits for an answer no longer than it must; what fails is done again by the job. */
  function handleAfterwards(ctx: Context, reference: string): void {
    const work = handle(ctx, reference)
      .catch((error) => ctx.log.warn({ error, reference }, 'An event of Stripe is handled later'))
      .finally(() => underWay.delete(work))
    underWay.add(work)
  }

  /** Reads on in the list of an account's events. */
  async function look(ctx: Context): Promise<void> {
    await db.batch(ctx, [lookLater(later(ctx.now, lookIntervalMs))])
    const [account] = await db.read(ctx, findAccount())
    if (!account) return
    const { toldUntil } = account
    const end = toldUntil + windowSeconds
    const created = { gte: toldUntil - overlapSeconds, lt: end }
    const events = await access.ask(ctx, (stripe) =>
      stripe.events.list({ types: eventTypes, created, limit: 100 }).autoPagingToArray({
        limit: 10_000,
      }),
    )
    const references = new Set<string>()
    for (const one of events) {
      const reference = await keep(ctx, one)
      if (reference !== undefined) references.add(reference)
    }
    for (const reference of references) await handle(ctx, reference)
    const isPast = ctx.now > new Date(end * 1_000).toISOString()
    const latest = Math.max(toldUntil, ...events.map((one) => one.created))
    await db.batch(ctx, [setToldUntil(isPast ? end : latest)])
  }

  return {
    hear,

    async follow({ ctx, forEach }: JobContext): Promise<void> {
      const [due, events] = await platform.batch(ctx, reason, [
        listAccountsDue(ctx.now, lotSize),
        listDueEvents(ctx.now, lotSize),
      ])
      await forEach(due, look)
      await forEach(events, async (inTenant, { id: reference }) => {
        await db.batch(inTenant, [putOffEvents(reference, later(inTenant.now, retryMs))])
        await handle(inTenant, reference)
      })
    },

    async forget({ ctx }: JobContext): Promise<void> {
      await platform.batch(ctx, 'forget what Stripe told', [forgetEvents(later(ctx.now, -keptMs))])
    },

    async close(): Promise<void> {
      await Promise.all(underWay)
    },
  }
}

function referenceOf(about: z.output<typeof event>['data']['object']): string | undefined {
  const reference = about.object === 'payment_intent' ? about.id : about.payment_intent
  return typeof reference === 'string' && /^pi_\w{1,250}$/.test(reference) ? reference : undefined
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
