import type { Context, Input, Statement } from '@prognetwork/contracts'
import {
  groupInUse,
  groupKeyTaken,
  groupMissing,
  groupOutdated,
  groupsFull,
  memberMissing,
  type productContract,
} from '@prognetwork/contracts/product'
import { subjectErased, userContract } from '@prognetwork/contracts/user'
import { on } from '@prognetwork/event-based-service-client'
import {
  type Audit,
  type Call,
  type Database,
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { lockNumber } from '../settings/numbers.store.ts'
import {
  type CustomerGroup,
  countGroups,
  deleteGroup,
  deleteMember,
  findGroup,
  findMember,
  holdGroup,
  insertGroup,
  listEveryGroup,
  listMembers,
  lockGroup,
  maxGroups,
  putMember,
  renameGroup,
} from './customer-groups.store.ts'

type GroupHandlers = Handlers<typeof productContract>
type NewGroup = Input<typeof productContract.operations.createCustomerGroup>['body']

/** Customers who have prices of their own: groups, and who is in which. */
export function createCustomerGroups({
  db,
  audit,
  call,
}: {
  readonly db: Database
  readonly audit: Audit
  readonly call: Call
}) {
  const tell = (ctx: Context, action: string, id: string, accountId?: string) =>
    audit(ctx, {
      ...{ action, outcome: 'success', resource: `customer_group/${id}` },
      ...(accountId !== undefined && { detail: { accountId } }),
    })

  const list: GroupHandlers['listCustomerGroups'] = async (ctx) => ({
    items: await db.read(ctx, listEveryGroup()),
  })

  const make = (
    ctx: Context,
    { key, name }: NewGroup,
    also: (made: CustomerGroup) => Statement[] = () => [],
  ) =>
    onConstraint({ customer_group_key: () => new Problem(groupKeyTaken, 'Choose another') }, () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockNumber('customer_group'))
        const [counted] = await tx.run(countGroups())
        if ((counted?.count ?? 0) >= maxGroups)
          throw new Problem(groupsFull, `There may be ${maxGroups} at the most`)
        const made = { id: newId(), key, name, members: 0, version: 1 }
        await tx.batch([
          insertGroup(made.id, key, name, ctx.now),
          tell(ctx, 'customer_group.created', made.id),
          ...also(made),
        ])
        return made
      }),
    )

  const create: GroupHandlers['createCustomerGroup'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: GroupHandlers['changeCustomerGroup'] = (ctx, { params: { groupId }, body }) =>
    db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockGroup(groupId))
      if (!before) throw missing()
      if (before.version !== body.version)
        throw new Problem(groupOutdated, `It is at version ${before.version}; read it again`)
      const [[after]] = await tx.batch([
        renameGroup(groupId, body.name, ctx.now),
        tell(ctx, 'customer_group.changed', groupId),
      ])
      if (!after) throw new Error('the group just locked is not there')
      return after
    })

  const remove: GroupHandlers['removeCustomerGroup'] = (ctx, { params: { groupId } }) => {
    const inUse = () => new Problem(groupInUse, 'Remove those, or have them be for others')
    return onConstraint({ price_list_group: inUse }, () =>
      db.transaction(ctx, async (tx) => {
        const [gone] = await tx.run(deleteGroup(groupId))
        if (!gone) throw missing()
        await tx.run(tell(ctx, 'customer_group.removed', groupId))
      }),
    )
  }

  const members: GroupHandlers['listGroupMembers'] = async (ctx, { params, query }) => {
    const [after = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const [[group], rows] = await db.readAll(ctx, [
      findGroup(params.groupId),
      listMembers(params.groupId, after, query.limit + 1),
    ])
    if (!group) throw missing()
    return listPage(rows, query.limit, (row) => [row.accountId])
  }

  const member: GroupHandlers['readGroupMember'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findMember(params.accountId))
    if (!found) throw inNone()
    return found
  }

  const set: GroupHandlers['setGroupMember'] = async (ctx, { params: { accountId }, body }) => {
    // Whoever may not see accounts names none either.
    await call(ctx, userContract.operations.readAccount, { params: { accountId } })
    return db.transaction(ctx, async (tx) => {
      const [group] = await tx.run(holdGroup(body.groupId))
      if (!group) throw missing()
      const [[put]] = await tx.batch([
        putMember(accountId, group.id, ctx.now),
        tell(ctx, 'customer_group.member_set', group.id, accountId),
      ])
      if (!put) throw new Error('the member just put is not there')
      return put
    })
  }

  const takeOut: GroupHandlers['removeGroupMember'] = (ctx, { params: { accountId } }) =>
    db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteMember(accountId))
      if (!gone) throw inNone()
      await tx.run(tell(ctx, 'customer_group.member_removed', gone.groupId, accountId))
    })

  /** Who is erased is in no group any more. */
  const erasure = on(subjectErased, (_ctx, { data }, tx) => tx.run(deleteMember(data.subjectId)))

  return {
    ...{ list, make, create, change, remove },
    ...{ members, member, set, takeOut },
    consumers: [erasure],
  }
}

export function missing(): Problem {
  return new Problem(groupMissing, 'No group of customers has this id')
}

function inNone(): Problem {
  return new Problem(memberMissing, 'Nobody has put them into one')
}
