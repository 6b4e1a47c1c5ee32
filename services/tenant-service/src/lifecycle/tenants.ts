import { type Context, type Input, platformTenantId } from '@prognetwork/contracts'
import {
  ownerMissing,
  platformAccountNeeded,
  slugReserved,
  slugTaken,
  stateUnfit,
  type tenantContract,
  tenantCreated,
  tenantMissing,
  tenantResumed,
  tenantSuspended,
  tenantUpdated,
} from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  type Audit,
  type Call,
  type Database,
  type EventPublisher,
  type Handlers,
  type IdempotentContext,
  listPage,
  newId,
  onConstraint,
  type PlatformDoor,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Provisioning } from '../provisioning/provisioning.ts'
import { firstSettings, insertSettings } from '../settings/settings.store.ts'
import {
  findInDirectory,
  findOwned,
  findTenantRow,
  insertStep,
  insertTenant,
  listEveryTenant,
  listSteps,
  moveTenant,
  type Tenant,
  updateTenant,
  type VersionedTenant,
} from './tenants.store.ts'

type TenantHandlers = Handlers<typeof tenantContract>
type NewTenant = Input<typeof tenantContract.operations.createTenant>['body']

/** Hosts of the platform itself, and names that would be taken for them. */
const reservedSlugs = new Set([
  ...['www', 'api', 'admin', 'auth', 'app', 'docs', 'mail', 'status', 'static', 'assets'],
  ...['platform', 'prognetwork', 'localhost', 'internal', 'support', 'billing'],
])

/** How tenants come to be, change, and are shut out and let in again. */
export function createTenants(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly call: Call
  readonly provisioning: Provisioning
}) {
  const { db, platform, events, audit, call, provisioning } = parts

  async function make(
    ctx: IdempotentContext<Tenant>,
    body: NewTenant,
    ownerId: string,
  ): Promise<Tenant> {
    refuseReserved(body.slug)
    const tenant: Tenant = {
      id: newId(),
      name: body.name,
      slug: body.slug,
      status: 'provisioning',
      createdAt: ctx.now,
      updatedAt: ctx.now,
    }
    await onConstraint(slugIsTaken, () =>
      platform.transaction(ctx, 'create a tenant', async (tx) => {
        await tx.within(tenant.id, async (inTenant) => [
          insertTenant(body.name, body.slug, ownerId, ctx.now),
          ...provisioning.steps.map((name, position) => insertStep(name, position)),
          insertSettings(1, firstSettings(body), ctx.principal.subject, ctx.now),
          await events.put(
            inTenant,
            tenantCreated,
            { tenantId: tenant.id, slug: body.slug, ownerId },
            { aggregateVersion: 1 },
          ),
          audit(inTenant, { action: 'tenant.created', outcome: 'success' }),
        ])
        await tx.run(ctx.answer(tenant))
      }),
    )
    provisioning.begin(ctx, { id: tenant.id, ownerId })
    return tenant
  }

  const create: TenantHandlers['createTenant'] = async (ctx, { body }) => {
    const { subject, kind, tenantId: home } = ctx.principal
    if (kind !== 'user' || home !== platformTenantId || ctx.scope.tenantId !== platformTenantId)
      throw new Problem(platformAccountNeeded, 'Sign in at the platform, not at a tenant')
    return make(ctx, body, subject)
  }

  const createFor: TenantHandlers['createTenantFor'] = async (ctx, { body }) => {
    const { listAccounts } = userContract.operations
    const { items } = await call(ctx, listAccounts, { query: { email: body.ownerEmail } })
    const owner = items.find(({ emailVerified, status }) => emailVerified && status === 'active')
    if (!owner) throw noOwner()
    return make(ctx, body, owner.id)
  }

  const read: TenantHandlers['readTenant'] = async (ctx) => {
    const [[tenant], steps] = await db.readAll(ctx, [findTenantRow(), listSteps()])
    return { ...(tenant ?? missing()), provisioning: steps }
  }

  const inspect: TenantHandlers['inspectTenant'] = async (ctx, { params }) => {
    const { tenantId } = params
    const [tenant] = await platform.read(ctx, 'look at a tenant', findOwned(tenantId))
    if (!tenant) throw new Problem(tenantMissing, 'No tenant has this id')
    const inTenant = platform.enter(ctx, tenantId, 'read the steps of provisioning')
    return { ...tenant, provisioning: await db.read(inTenant, listSteps()) }
  }

  const rename: TenantHandlers['renameTenant'] = async (ctx, { body }) => {
    if (body.slug !== undefined) refuseReserved(body.slug)
    return onConstraint(slugIsTaken, () =>
      db.transaction(ctx, async (tx) => {
        const [row] = await tx.run(updateTenant(body.name ?? null, body.slug ?? null, ctx.now))
        const { version, ...tenant } = row ?? missing()
        await tx.batch([
          await events.put(
            ctx,
            tenantUpdated,
            { tenantId: tenant.id, slug: tenant.slug },
            { aggregateVersion: version },
          ),
          audit(ctx, { action: 'tenant.updated', outcome: 'success', detail: body }),
          ctx.answer(tenant),
        ])
        return tenant
      }),
    )
  }

  const list: TenantHandlers['listTenants'] = async (ctx, { query }) => {
    const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const rows = await platform.read(
      ctx,
      'list tenants',
      listEveryTenant(query.status ?? null, before ?? null, query.limit + 1, query.words ?? null),
    )
    return listPage(rows, query.limit, (row) => [row.id])
  }

  /** One move of the life cycle by an operator, told to the tenant as well. */
  async function move(
    ctx: Context,
    tenantId: string,
    change: {
      readonly from: 'active' | 'suspended'
      readonly to: 'active' | 'suspended'
      readonly event: typeof tenantSuspended | typeof tenantResumed
      readonly reason: string
    },
  ): Promise<Tenant> {
    return platform.transaction(ctx, change.reason, async (tx) => {
      const [[row]] = await tx.within(tenantId, () => [moveTenant(change.from, change.to, ctx.now)])
      if (!row) throw await whyNot(tenantId, change.from)
      const { version, ...tenant }: VersionedTenant = row
      await tx.within(tenantId, async (inTenant) => [
        await events.put(inTenant, change.event, { tenantId }, { aggregateVersion: version }),
        audit(inTenant, {
          action: change.event.type,
          outcome: 'success',
          detail: { reason: change.reason },
        }),
      ])
      return tenant
    })
  }

  async function whyNot(tenantId: string, needed: string): Promise<Problem> {
    const found = await db.lookup(findInDirectory(tenantId))
    return found
      ? new Problem(stateUnfit, `It is ${found.status}; it must be ${needed}`)
      : new Problem(tenantMissing, 'No tenant has this id')
  }

  const suspend: TenantHandlers['suspendTenant'] = (ctx, { params, body }) =>
    move(ctx, params.tenantId, {
      from: 'active',
      to: 'suspended',
      event: tenantSuspended,
      reason: body.reason,
    })

  const resume: TenantHandlers['resumeTenant'] = (ctx, { params }) =>
    move(ctx, params.tenantId, {
      from: 'suspended',
      to: 'active',
      event: tenantResumed,
      reason: 'resume a tenant',
    })

  const find: TenantHandlers['findTenant'] = async (_ctx, { params }) =>
    (await db.lookup(findInDirectory(params.name))) ?? missing()

  return { create, createFor, inspect, read, rename, list, suspend, resume, find }
}

function missing(): never {
  throw new Problem(tenantMissing, 'The platform itself is no tenant of this list')
}

function noOwner(): Problem {
  return new Problem(ownerMissing, 'They sign up first and verify their address', {
    errors: [
      {
        pointer: '/body/ownerEmail',
        expected: 'the verified address of an account',
        detail: 'No account has it',
      },
    ],
  })
}

function refuseReserved(slug: string): void {
  if (reservedSlugs.has(slug)) throw new Problem(slugReserved, `Choose another than ${slug}`)
}

const slugIsTaken = {
  tenant_slug: () => new Problem(slugTaken, 'Choose another slug'),
}
