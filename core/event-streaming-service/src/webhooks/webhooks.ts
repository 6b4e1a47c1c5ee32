// Webhooks as one part of the service: what people do with endpoints, and what runs behind it.
import type { Context, Log } from '@prognetwork/contracts'
import {
  createOutsideRequests,
  every,
  type Fixture,
  type JobContext,
  type LogAccess,
  later,
  newId,
  type Parts,
} from '@prognetwork/shared-infrastructure'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { createAttempts } from './attempt.ts'
import { createDeliveries, keptMs } from './deliveries.ts'
import { createEndpoints } from './endpoints.ts'
import { startFanOut } from './fan-out.ts'
import { hopelessAfterMs } from './retries.ts'
import { createSecrets } from './secrets.ts'
import { forgetLot, recordAttempt } from './sender.store.ts'
import { startSender } from './sender.ts'

const forgottenAtOnce = 2_000

/** Tables that the platform role reads whole, and what personal data there is. */
export const webhookTables = {
  tenantless: ['webhook_position'],
  everyTenant: [
    { table: 'domain_log', role: 'platform', reason: 'events become webhook deliveries' },
    { table: 'webhook_endpoint', role: 'platform', reason: 'events of every tenant are sent' },
    { table: 'webhook_delivery', role: 'platform', reason: 'events of every tenant are sent' },
  ],
  personalData: [
    { table: 'webhook_endpoint', columns: 'none' },
    // What is sent stands in the log; personal fields never leave it.
    { table: 'webhook_delivery', columns: 'none' },
    { table: 'webhook_attempt', columns: 'none' },
    { table: 'webhook_position', columns: 'none' },
  ],
} as const

export function createWebhooks(
  parts: Pick<Parts<unknown>, 'db' | 'platform' | 'events' | 'audit' | 'keyRing' | 'realTime'> & {
    readonly log: Log
    readonly cloudEvents: CloudEvents
    readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
    readonly allowedNetworks: readonly string[]
  },
) {
  const { platform, log, wakeUps, allowedNetworks } = parts
  const outside = createOutsideRequests({ allowedNetworks })
  const secrets = createSecrets(parts.keyRing)
  let fanOut: ReturnType<typeof startFanOut> | undefined
  let sender: ReturnType<typeof startSender> | undefined
  const endpoints = createEndpoints({
    ...{ ...parts, secrets, outside },
    onEnabled() {
      fanOut?.look()
      sender?.look()
    },
  })
  const deliveries = createDeliveries({ ...parts, onDue: () => sender?.look() })

  async function forget({ ctx }: JobContext): Promise<void> {
    const before = later(parts.realTime.now(), -keptMs)
    for (;;) {
      const rows = await platform.transaction(ctx, 'forget old webhook deliveries', (tx) =>
        tx.run(forgetLot(before, forgottenAtOnce)),
      )
      if (rows.length < forgottenAtOnce) return
    }
  }

  /** Disabled, so that nothing is sent while the tenant is looked at. */
  const fixture: Fixture = async (ctx, { marker }) => {
    const { id } = await endpoints.create(ctx, {
      body: {
        url: `https://${marker}.example/`,
        eventTypes: ['*'],
        description: marker,
        enabled: false,
      },
    })
    const lease = newId()
    const delivery = await deliveries.queueTest(ctx, id, lease)
    const attempt = [ctx.now, 1, 500, marker, marker, hopelessAfterMs] as const
    await parts.db.batch(ctx, [recordAttempt(delivery.id, lease, 'failed', null, ...attempt)])
    return { webhook_endpoint: id, webhook_delivery: delivery.id }
  }

  return {
    fixture,
    handlers: {
      createWebhookEndpoint: endpoints.create,
      listWebhookEndpoints: endpoints.list,
      readWebhookEndpoint: endpoints.read,
      changeWebhookEndpoint: endpoints.change,
      removeWebhookEndpoint: endpoints.remove,
      rotateWebhookSecret: endpoints.rotate,
      sendTestWebhook: deliveries.test,
      listWebhookDeliveries: deliveries.list,
      readWebhookDelivery: deliveries.read,
      resendWebhookDelivery: deliveries.resend,
      recoverWebhookDeliveries: deliveries.recover,
    },
    jobs: [every('1h', 'forget-webhook-deliveries', forget)],
    figures: [
      {
        name: 'webhook_sending',
        unit: 'deliveries' as const,
        help: 'Webhooks that this process is sending at the moment',
        read: () => sender?.sendingCount() ?? 0,
      },
      {
        name: 'webhook_sent',
        unit: 'deliveries' as const,
        help: 'Webhooks that this process has sent since it started, delivered or not',
        read: () => sender?.sentCount() ?? 0,
      },
    ],
    start(ctx: Context): void {
      const attempt = createAttempts({ ...parts, outside, secrets })
      const sending = startSender({ ...parts, ctx, attempt })
      sender = sending
      fanOut = startFanOut({ platform, ctx, wakeUps, log, onMade: sending.look })
    },
    async close(): Promise<void> {
      await fanOut?.stop()
      await sender?.stop()
      await outside.close()
    },
  }
}
