import { command, statement } from '@prognetwork/shared-infrastructure'
import type { customerGroupMembers, customerGroups } from '../tables.ts'

export type CustomerGroup = Pick<
  typeof customerGroups.$inferSelect,
  'id' | 'key' | 'name' | 'version'
> & { readonly members: number }
export type Member = Omit<typeof customerGroupMembers.$inferSelect, 'tenantId'>

/** A list of them is read whole; and each that has prices for a product has offers of its own. */
export const maxGroups = 50

const columns = `g.id, g.key, g.name, g.version,
  (select count(*) from customer_group_member m where m.group_id = g.id)::integer as members`
const memberColumns = 'account_id as "accountId", group_id as "groupId", since'

export const listEveryGroup = statement<CustomerGroup>(
  'customer_group.list',
  `select ${columns} from customer_group g order by g.name, g.id limit ${maxGroups}`,
)

export const countGroups = statement<{ count: number }>(
  'customer_group.count',
  'select count(*)::integer as count from customer_group',
)

/** Nobody removes it before the transaction ends. */
export const holdGroup = statement<{ id: string }, [id: string]>(
  'customer_group.hold',
  'select id from customer_group where id = $1 for key share',
)

export const findGroup = statement<{ id: string }, [id: string]>(
  'customer_group.find',
  'select id from customer_group where id = $1',
)

export const lockGroup = statement<Pick<CustomerGroup, 'id' | 'version'>, [id: string]>(
  'customer_group.lock',
  'select id, version from customer_group where id = $1 for update',
)

export const insertGroup = command<[id: string, key: string, name: string, now: string]>(
  'customer_group.insert',
  `insert into customer_group (id, key, name, created_at, updated_at)
   values ($1, $2, $3, $4, $4)`,
)

export const renameGroup = statement<CustomerGroup, [id: string, name: string, now: string]>(
  'customer_group.rename',
  `update customer_group g set name = $2, version = g.version + 1, updated_at = $3
   where g.id = $1 returning ${columns}`,
)

export const deleteGroup = statement<{ id: string }, [id: string]>(
  'customer_group.delete',
  'delete from customer_group where id = $1 returning id',
)

export const listMembers = statement<
  Member,
  [groupId: string, after: string | null, limit: number]
>(
  'customer_group_member.list',
  `select ${memberColumns} from customer_group_member
   where group_id = $1 and ($2::uuid is null or account_id > $2) order by account_id limit $3`,
)

export const findMember = statement<Member, [accountId: string]>(
  'customer_group_member.find',
  `select ${memberColumns} from customer_group_member where account_id = $1`,
)

/** Who is in the group already has been since then. */
export const putMember = statement<Member, [accountId: string, groupId: string, now: string]>(
  'customer_group_member.put',
  `insert into customer_group_member as m (account_id, group_id, since) values ($1, $2, $3)
   on conflict (tenant_id, account_id) do update set group_id = excluded.group_id,
     since = case when m.group_id = excluded.group_id then m.since else excluded.since end
   returning ${memberColumns}`,
)

export const deleteMember = statement<{ groupId: string }, [accountId: string]>(
  'customer_group_member.delete',
  'delete from customer_group_member where account_id = $1 returning group_id as "groupId"',
)
