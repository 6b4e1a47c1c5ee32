import type { Context } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  webhookDeliveryMissing,
  webhookEndpointDisabled,
  webhookTest,
  webhookWindowUnfit,
} from '@prognetwork/contracts/event-streaming'
import {
  type Database,
  type Handlers,
  later,
  listPage,
  newId,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import {
  findDelivery,
  insertDelivery,
  listAttempts,
  listDeliveries,
  recoverLot,
  resendDelivery,
} from './deliveries.store.ts'
import { findEndpoint } from './endpoints.store.ts'
import { endpointMissing } from './endpoints.ts'

type EventHandlers = Handlers<typeof eventStreamingContract>

/** How long what was sent is remembered. */
export const keptMs = 30 * 24 * 3_600_000
const lotSize = 5_000
const cursor = z.tuple([z.uuid()])

/** What was sent to a tenant's endpoints, for its people to look at and to send again. */
export function createDeliveries(parts: {
  readonly db: Database
  /** Told when something is to be sent at once. */
  readonly onDue: () => void
}) {
  const { db, onDue } = parts

  async function enabledEndpoint(ctx: Context, endpointId: string): Promise<void> {
    const [endpoint] = await db.read(ctx, findEndpoint(endpointId))
    if (!endpoint) throw endpointMissing()
    if (!endpoint.enabled) throw disabled()
  }

  /** Queued like an event, for this endpoint alone; also for one that is disabled. */
  async function queueTest(ctx: Context, endpointId: string, lease: string | null = null) {
    const insert = insertDelivery(newId(), endpointId, newId(), webhookTest.type, lease)
    const [[delivery]] = await db.batch(ctx, [insert])
    if (!delivery) throw new Error('the delivery just written is not there')
    return delivery
  }

  const test: EventHandlers['sendTestWebhook'] = async (ctx, { params }) => {
    await enabledEndpoint(ctx, params.endpointId)
    const delivery = await queueTest(ctx, params.endpointId)
    onDue()
    return delivery
  }

  const list: EventHandlers['listWebhookDeliveries'] = async (ctx, { params, query }) => {
    const { limit, after, state } = query
    const [before] = readCursor(after, cursor) ?? []
    const { endpointId } = params
    const [endpoints, rows] = await db.readAll(ctx, [
      findEndpoint(endpointId),
      listDeliveries({ endpointId, state, before, limit: limit + 1 }),
    ])
    if (endpoints.length === 0) throw endpointMissing()
    return listPage(rows, limit, ({ id }) => [id])
  }

  async function find(ctx: Context, deliveryId: string) {
    const [rows, history] = await db.readAll(ctx, [
      findDelivery(deliveryId),
      listAttempts(deliveryId),
    ])
    const [found] = rows
    if (!found) throw new Problem(webhookDeliveryMissing, 'Look at the deliveries of the endpoint')
    const { enabled, ...delivery } = found
    return { enabled, delivery, history }
  }

  const read: EventHandlers['readWebhookDelivery'] = async (ctx, { params }) => {
    const { delivery, history } = await find(ctx, params.deliveryId)
    return { ...delivery, history }
  }

  const resend: EventHandlers['resendWebhookDelivery'] = async (ctx, { params }) => {
    const { enabled, delivery } = await find(ctx, params.deliveryId)
    if (!enabled) throw disabled()
    const [[resent]] = await db.batch(ctx, [resendDelivery(params.deliveryId)])
    onDue()
    return resent ?? delivery
  }

  /**
   * Goes back through the log in lots, each a transaction of its own: cut off half-way, it is asked
   * for again and goes on. A lot before the window ends it, since events are logged about when they
   * happen.
   */
  const recover: EventHandlers['recoverWebhookDeliveries'] = async (ctx, { params, body }) => {
    const { from, to = ctx.now, all } = body
    if (from >= to) throw unfit('from', 'a time before `to`')
    if (from < later(ctx.now, -keptMs)) throw unfit('from', 'a time of the last 30 days')
    await enabledEndpoint(ctx, params.endpointId)
    let deliveries = 0
    let before = Number.MAX_SAFE_INTEGER
    for (;;) {
      const [[lot]] = await db.batch(ctx, [
        recoverLot(params.endpointId, before, from, to, all, lotSize),
      ])
      if (!lot || lot.first === null || lot.lastAt === null) break
      deliveries += lot.made
      before = lot.first
      if (lot.lastAt < from) break
    }
    onDue()
    return { deliveries }
  }

  return { queueTest, test, list, read, resend, recover }
}

function disabled(): Problem {
  return new Problem(webhookEndpointDisabled, 'Enable it first')
}

function unfit(field: string, expected: string): Problem {
  const detail = `It must be ${expected}`
  const errors = [{ pointer: `/body/${field}`, expected, detail }]
  return new Problem(webhookWindowUnfit, detail, { errors })
}
