import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  roleChanged,
  roleExists,
  roleInUse,
  roleMissing,
  roleOutdated,
  systemRoles,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type IdempotentContext,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { noteAuthorityChange } from '../revocations/revocations.ts'
import { authorityOf, checkHolds, checkPatterns, systemRolesOf } from './authority.ts'
import {
  type CustomRole,
  deleteRole,
  findHolders,
  insertRole,
  listCustom,
  lockRole,
  updateRole,
} from './roles.store.ts'

type Operations = typeof userContract.operations
type Role = Output<Operations['createRole']>

/** The roles of a tenant: the system's, which nobody changes, and its own. */
export function createRoles(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
}) {
  const { db, events, audit, realTime } = parts

  async function told(
    ctx: Context,
    { name, patterns, version }: CustomRole,
    change: 'created' | 'changed' | 'deleted',
  ) {
    return [
      noteAuthorityChange(realTime.now()),
      await events.put(
        ctx,
        roleChanged,
        { name, change, patterns },
        { aggregateVersion: change === 'deleted' ? version + 1 : version },
      ),
      audit(ctx, {
        action: `role.${change}`,
        outcome: 'success',
        resource: `role/${name}`,
        detail: { patterns },
      }),
    ]
  }

  return {
    async list(ctx: Context): Promise<Output<Operations['listRoles']>> {
      const own = await db.read(ctx, listCustom())
      const system = systemRolesOf(ctx).map((name) => ({
        name,
        patterns: [...(systemRoles[name] ?? [])],
        system: true,
        version: 1,
      }))
      return { items: [...system, ...own.map(asRole)] }
    },

    async create(
      ctx: IdempotentContext<Role>,
      { body }: Input<Operations['createRole']>,
    ): Promise<Role> {
      checkPatterns(ctx, await authorityOf(ctx, db), body.patterns, 'patterns')
      if (body.name in systemRoles) throw nameTaken(body.name)
      return db.transaction(ctx, async (tx) => {
        const [made] = await tx.run(insertRole(body.name, body.patterns, ctx.now))
        if (!made) throw nameTaken(body.name)
        await tx.batch([...(await told(ctx, made, 'created')), ctx.answer(asRole(made))])
        return asRole(made)
      })
    },

    async change(ctx: Context, { params, body }: Input<Operations['changeRole']>): Promise<Role> {
      const authority = await authorityOf(ctx, db)
      checkPatterns(ctx, authority, body.patterns, 'patterns')
      return db.transaction(ctx, async (tx) => {
        const [before] = await tx.run(lockRole(params.name))
        if (!before) throw new Problem(roleMissing, `${params.name} is no role of its own`)
        checkHolds(authority, before.patterns)
        if (before.version !== body.version)
          throw new Problem(roleOutdated, `It is at version ${before.version}; read it again`)
        const [after] = await tx.run(updateRole(params.name, body.patterns, ctx.now))
        if (!after) throw new Error('the role just locked is not there')
        await tx.batch(await told(ctx, after, 'changed'))
        return asRole(after)
      })
    },

    async remove(ctx: Context, { params }: Input<Operations['deleteRole']>): Promise<void> {
      const authority = await authorityOf(ctx, db)
      await db.transaction(ctx, async (tx) => {
        // The lock comes first: whoever gives the role holds it, and is then seen by the question.
        const [before] = await tx.run(lockRole(params.name))
        if (!before) throw new Problem(roleMissing, `${params.name} is no role of its own`)
        checkHolds(authority, before.patterns)
        const [held] = await tx.run(findHolders(params.name))
        if (held) throw new Problem(roleInUse, `Take it from every ${held.holder} first`)
        await tx.batch([deleteRole(params.name), ...(await told(ctx, before, 'deleted'))])
      })
    },

    permissions({ principal, scope }: Context): Output<Operations['readPermissions']> {
      const { actor, permissions, roles } = principal
      return {
        tenantId: scope.tenantId,
        roles: [...roles],
        permissions: [...permissions].sort(),
        acting: actor ? { accountId: actor.subject, reason: actor.reason ?? null } : null,
      }
    },
  }
}

function asRole({ name, patterns, version }: CustomRole): Role {
  return { name, patterns, version, system: false }
}

function nameTaken(name: string): Problem {
  return new Problem(roleExists, `Choose another name than ${name}`)
}
