import type { Output } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  webhookEndpointMissing,
  webhookEndpointsTooMany,
  webhookUrlUnfit,
} from '@prognetwork/contracts/event-streaming'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  OutsideRefused,
  type OutsideRequests,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import {
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoints,
  rotateSecret,
  updateEndpoint,
} from './endpoints.store.ts'
import type { Secrets } from './secrets.ts'

type EventHandlers = Handlers<typeof eventStreamingContract>
type Created = Output<typeof eventStreamingContract.operations.createWebhookEndpoint>

const maxEndpoints = 20
const overlapMs = 24 * 3_600_000

/** The addresses that a tenant has its events sent to. */
export function createEndpoints(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly realTime: RealTime
  readonly secrets: Secrets
  readonly outside: Pick<OutsideRequests, 'checkUrl'>
  /** Told when one may have begun to want events. */
  readonly onEnabled: () => void
}) {
  const { db, audit, realTime, secrets, outside, onEnabled } = parts

  function checkedUrl(url: string): string {
    try {
      return outside.checkUrl(url).href
    } catch (error) {
      if (!(error instanceof OutsideRefused)) throw error
      const errors = [
        {
          pointer: '/body/url',
          expected: 'an address on the public internet',
          detail: error.message,
        },
      ]
      throw new Problem(webhookUrlUnfit, error.message, { errors })
    }
  }

  const create: EventHandlers['createWebhookEndpoint'] = async (
    ctx,
    { body },
  ): Promise<Created> => {
    const { eventTypes, description, enabled } = body
    const url = checkedUrl(body.url)
    const id = newId()
    const secret = secrets.create(ctx.scope.tenantId, id)
    const made = await db.transaction(ctx, async (tx) => {
      await tx.run(lockEndpoints())
      const [endpoint] = await tx.run(
        insertEndpoint(
          ...([id, url, eventTypes, description, enabled, secret.sealed] as const),
          ...([ctx.now, maxEndpoints] as const),
        ),
      )
      if (!endpoint)
        throw new Problem(webhookEndpointsTooMany, `Remove one of the ${maxEndpoints} first`)
      await tx.run(
        audit(ctx, {
          action: 'webhook.endpoint_created',
          outcome: 'success',
          resource: `webhook_endpoint/${id}`,
          detail: { host: new URL(url).host, eventTypes },
        }),
      )
      return endpoint
    })
    if (enabled) onEnabled()
    return { ...made, secret: secret.shown }
  }

  const list: EventHandlers['listWebhookEndpoints'] = async (ctx) => ({
    items: await db.read(ctx, listEndpoints()),
  })

  const read: EventHandlers['readWebhookEndpoint'] = async (ctx, { params }) => {
    const [endpoint] = await db.read(ctx, findEndpoint(params.endpointId))
    if (!endpoint) throw endpointMissing()
    return endpoint
  }

  const change: EventHandlers['changeWebhookEndpoint'] = async (ctx, { params, body }) => {
    const id = params.endpointId
    const { eventTypes = null, description = null, enabled = null } = body
    const url = body.url === undefined ? null : checkedUrl(body.url)
    const changed = await db.transaction(ctx, async (tx) => {
      const update = updateEndpoint(id, url, eventTypes, description, enabled, ctx.now)
      const [endpoint] = await tx.run(update)
      if (!endpoint) throw endpointMissing()
      await tx.run(
        audit(ctx, {
          action: 'webhook.endpoint_changed',
          outcome: 'success',
          resource: `webhook_endpoint/${id}`,
          detail: {
            ...(eventTypes && { eventTypes }),
            ...(enabled !== null && { enabled }),
            ...(url !== null && { host: new URL(url).host }),
          },
        }),
      )
      return endpoint
    })
    if (enabled) onEnabled()
    return changed
  }

  const remove: EventHandlers['removeWebhookEndpoint'] = async (ctx, { params }) => {
    const id = params.endpointId
    await db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteEndpoint(id))
      if (!gone) throw endpointMissing()
      await tx.run(
        audit(ctx, {
          action: 'webhook.endpoint_removed',
          outcome: 'success',
          resource: `webhook_endpoint/${id}`,
          detail: { host: new URL(gone.url).host },
        }),
      )
    })
  }

  const rotate: EventHandlers['rotateWebhookSecret'] = async (ctx, { params }) => {
    const id = params.endpointId
    const secret = secrets.create(ctx.scope.tenantId, id)
    const previousSecretUntil = realTime.now(overlapMs)
    await db.transaction(ctx, async (tx) => {
      const [rotated] = await tx.run(rotateSecret(id, secret.sealed, previousSecretUntil, ctx.now))
      if (!rotated) throw endpointMissing()
      await tx.run(
        audit(ctx, {
          action: 'webhook.secret_rotated',
          outcome: 'success',
          resource: `webhook_endpoint/${id}`,
        }),
      )
    })
    return { secret: secret.shown, previousSecretUntil }
  }

  return { create, list, read, change, remove, rotate }
}

export function endpointMissing(): Problem {
  return new Problem(webhookEndpointMissing, 'Look at the list of webhook endpoints')
}
