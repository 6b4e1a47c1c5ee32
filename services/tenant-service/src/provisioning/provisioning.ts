import type { Context } from '@prognetwork/contracts'
import { tenantActivated } from '@prognetwork/contracts/tenant'
import type {
  Audit,
  Database,
  EventPublisher,
  JobContext,
  PlatformDoor,
} from '@prognetwork/shared-infrastructure'
import {
  failStep,
  finishStep,
  listSteps,
  listUnfinished,
  moveTenant,
} from '../lifecycle/tenants.store.ts'

/** A tenant on its way from `provisioning` to `active`. */
interface NewTenant {
  readonly id: string
  readonly ownerId: string
}

/** What one service must do before a tenant can be used; done again it changes nothing. */
export interface ProvisioningStep {
  readonly name: string
  readonly run: (ctx: Context, tenant: NewTenant, idempotencyKey: string) => Promise<unknown>
}

/**
 * The saga that makes a new tenant usable, over the services that take part. Each step is recorded
 * when it is done; after a crash the rest is done by whoever finds the tenant unfinished, with the
 * same keys, so that a step that had its effect already has no other.
 */
export interface Provisioning {
  readonly steps: readonly string[]
  /** Starts without waiting; what fails is taken up by `resume`. */
  begin(ctx: Context, tenant: NewTenant): void
  /** Takes up every tenant that is not finished. */
  resume(job: JobContext): Promise<void>
  /** Waits for what is under way in this process. */
  settled(): Promise<void>
}

export function createProvisioning(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly steps: readonly ProvisioningStep[]
}): Provisioning {
  const { db, platform, events, audit, steps } = parts
  const running = new Map<string, Promise<void>>()

  async function advance(ctx: Context, tenant: NewTenant): Promise<void> {
    const recorded = await db.read(ctx, listSteps())
    for (const { name, state } of recorded) {
      if (state === 'done') continue
      const step = steps.find((one) => one.name === name)
      if (!step) throw new Error(`nothing provisions ${name} any more`)
      try {
        await step.run(ctx, tenant, `${tenant.id}:${name}`)
      } catch (error) {
        await db.batch(ctx, [failStep(name, error instanceof Error ? error.message : 'failed')])
        throw error
      }
      await db.batch(ctx, [finishStep(name, ctx.now)])
    }
    await db.transaction(ctx, async (tx) => {
      const [moved] = await tx.run(moveTenant('provisioning', 'active', ctx.now))
      if (!moved) return
      await tx.batch([
        await events.put(
          ctx,
          tenantActivated,
          { tenantId: tenant.id },
          { aggregateVersion: moved.version },
        ),
        audit(ctx, { action: 'tenant.activated', outcome: 'success' }),
      ])
    })
  }

  /** One run per tenant and process at a time. */
  function once(ctx: Context, tenant: NewTenant): Promise<void> {
    const known = running.get(tenant.id)
    if (known !== undefined) return known
    const work = advance(ctx, tenant)
      .catch((error: unknown) => {
        ctx.log.warn({ error, tenantId: tenant.id }, 'Provisioning stopped and will be taken up')
      })
      .finally(() => running.delete(tenant.id))
    running.set(tenant.id, work)
    return work
  }

  return {
    steps: steps.map((one) => one.name),
    begin(ctx, tenant) {
      void once(platform.enter(ctx, tenant.id, 'provision a tenant'), tenant)
    },
    async resume({ ctx, forTenant }) {
      const unfinished = await platform.read(ctx, 'resume provisioning', listUnfinished())
      for (const tenant of unfinished) await once(forTenant(tenant.id), tenant)
    },
    async settled() {
      await Promise.all(running.values())
    },
  }
}
