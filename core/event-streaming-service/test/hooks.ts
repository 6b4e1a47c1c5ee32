import type { Context } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { createJobContext } from '@prognetwork/shared-infrastructure/host'
import { services, startTestPlatform, type TestClient, type TestShop } from '@prognetwork/testing'
import { expect } from 'vitest'
import eventStreamingService from '../src/service.ts'
import { startReceiver } from './receiver.ts'

const { createWebhookEndpoint, listWebhookDeliveries, readWebhookDelivery } =
  eventStreamingContract.operations
const { renameTenant } = tenantContract.operations

export const patience = { timeout: 10_000 }

/** The service, and a way to do one of its jobs now, which come by once an hour. */
function withJobs() {
  let doNow = async (_name: string): Promise<void> => {}
  const definition: typeof eventStreamingService = {
    ...eventStreamingService,
    async start(parts) {
      const running = await eventStreamingService.start(parts)
      return {
        ...running,
        async ready(ctx: Context) {
          doNow = async (name) => {
            const job = running.jobs?.find((one) => one.name === name)
            if (!job) throw new Error(`there is no job ${name}`)
            const forTenant = (tenantId: string) => parts.platform.enter(ctx, tenantId, 'a test')
            await job.run(createJobContext(ctx, forTenant, parts.log))
          }
          return (await running.ready?.(ctx)) ?? []
        },
      }
    },
  }
  return { definition, doJob: (name: string) => doNow(name) }
}

/** A platform that may send webhooks to a receiver on loopback, and what tests do with them. */
export async function startHooks() {
  const receiver = await startReceiver()
  const { definition, doJob } = withJobs()
  const platform = await startTestPlatform({
    definitions: services.map((one) => (one.name === definition.name ? definition : one)),
    configuration: { 'event-streaming-service': { webhookAllowedNetworks: '127.0.0.1/32' } },
  })
  let paths = 0

  /** Whether something that was told is not in the log yet: that a tenant was made, say. */
  async function isTelling(): Promise<boolean> {
    const { rows } = await platform.sql.query(
      `select exists (select from tenant_service.outbox)
         or exists (select from user_service.outbox) as waits`,
    )
    return rows[0].waits
  }

  /** An endpoint on a path of its own, for what comes from now on. */
  async function add(staff: TestClient, eventTypes: string[]) {
    await expect.poll(isTelling, patience).toBe(false)
    const path = `/hooks/${++paths}`
    const answer = await staff.call(createWebhookEndpoint, {
      body: { url: receiver.origin + path, eventTypes, description: 'A warehouse' },
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return { ...answer.body, path, params: { endpointId: answer.body.id } }
  }

  /** Makes a tenant.updated. */
  async function rename({ staff }: TestShop, name: string): Promise<void> {
    expect((await staff.call(renameTenant, { body: { name } })).status).toBe(200)
  }

  /** Until the log holds as many events of the tenant, whether somebody wants them or not. */
  const logged = ({ id }: TestShop, type: string, count: number) =>
    expect
      .poll(async () => {
        const { rows } = await platform.sql.query(
          `select count(*)::int as count from event_streaming_service.domain_log
           where tenant_id = $1 and type = $2`,
          [id, type],
        )
        return rows[0].count
      }, patience)
      .toBe(count)

  async function arrivals(path: string, count: number) {
    await expect.poll(() => receiver.at(path).length, patience).toBe(count)
    return receiver.at(path)
  }

  async function deliveriesOf(
    staff: TestClient,
    endpointId: string,
    state?: 'waiting' | 'delivered' | 'failed',
  ) {
    const query = state ? { state } : {}
    return (await staff.call(listWebhookDeliveries, { params: { endpointId }, query })).body.items
  }

  /** The only delivery of an endpoint, once it is in this state after so many attempts. */
  async function settled(staff: TestClient, endpointId: string, state: string, attempts = 1) {
    const states = async () =>
      (await deliveriesOf(staff, endpointId)).map((one) => [one.state, one.attempts])
    await expect.poll(states, patience).toEqual([[state, attempts]])
    const [{ id = '' } = {}] = await deliveriesOf(staff, endpointId)
    return (await staff.call(readWebhookDelivery, { params: { deliveryId: id } })).body
  }

  return {
    ...{ platform, receiver, add, rename, logged, arrivals, deliveriesOf, settled, doJob },
    /** As if the time of the next attempt had come. */
    makeDue: (deliveryId: string) =>
      platform.sql.query(
        'update event_streaming_service.webhook_delivery set due_at = now() where id = $1',
        [deliveryId],
      ),
    async stop() {
      await platform.stop()
      await receiver.stop()
    },
  }
}

export type Hooks = Awaited<ReturnType<typeof startHooks>>
