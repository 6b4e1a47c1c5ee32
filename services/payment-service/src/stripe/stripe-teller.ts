// What Stripe tells of payments: by webhooks, and by the list of an account's events, in which
// stands what no webhook brought.
import type { Context } from '@prognetwork/contracts'
import { orderPaid, type paymentContract, webhookMissing } from '@prognetwork/contracts/payment'
import {
  type Database,
  type Handlers,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { Payments } from '../payments/payments.ts'
import { readEndpoint } from '../told/endpoint.ts'
import { type About, type Teller, type Told, whole } from '../told/told.ts'
import { findAccount, listAccountsDue, lookLater, setToldUntil } from './accounts.store.ts'
import { lookIntervalMs, type StripeAccounts } from './accounts.ts'
import type { StripeAccess } from './client.ts'
import type { StripeGateway } from './stripe.ts'

const reason = 'Stripe tells of payments'
const lotSize = 100
/** So much of the list is read at a time. An event may get into it later than others of its time. */
const windowSeconds = 3_600
const overlapSeconds = 600

const eventTypes = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
]

export function createStripeTeller(parts: {
  readonly gateway: StripeGateway
  readonly payments: Payments
}): Teller {
  const { gateway, payments } = parts
  return {
    name: gateway.name,
    referenceOf,
    async adopt(ctx, reference) {
      const found = await gateway.find(ctx, reference)
      if (!found) return
      const { payment, authorization } = found
      try {
        await payments.adopt(ctx, gateway, payment, authorization)
      } catch (error) {
        if (!(error instanceof Problem && error.code === orderPaid.code)) throw error
        ctx.log.warn({ error, reference }, 'A payment at Stripe was of an order that is paid for')
      }
    },
  }
}

export function createStripeDoor(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly access: StripeAccess
  readonly accounts: StripeAccounts
  readonly teller: Teller
  readonly told: Told
}) {
  const { db, platform, access, accounts, teller, told } = parts

  const hear: Handlers<typeof paymentContract>['hearStripe'] = async (ctx, input) => {
    const { tenantId, key } = readEndpoint(input.params.endpoint)
    const inTenant = platform.enter(ctx, tenantId, reason)
    const secret = await accounts.signingSecretAt(inTenant, key)
    if (secret === undefined) throw new Problem(webhookMissing, 'Read the account for its address')
    const signature = input.headers['stripe-signature'] ?? ''
    await told.hear(inTenant, teller, { body: await whole(input.body), signature, secret })
    return { received: true }
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
      const reference = await told.keep(ctx, teller, one)
      if (reference !== undefined) references.add(reference)
    }
    for (const reference of references) await told.handle(ctx, teller, reference)
    const isPast = ctx.now > new Date(end * 1_000).toISOString()
    const latest = Math.max(toldUntil, ...events.map((one) => one.created))
    await db.batch(ctx, [setToldUntil(isPast ? end : latest)])
  }

  return {
    hear,

    async follow({ ctx, forEach }: JobContext): Promise<void> {
      await forEach(await platform.read(ctx, reason, listAccountsDue(ctx.now, lotSize)), look)
    },
  }
}

function referenceOf(about: About): string | undefined {
  const reference = about.object === 'payment_intent' ? about.id : about.payment_intent
  return typeof reference === 'string' && /^pi_\w{1,250}$/.test(reference) ? reference : undefined
}
