// Who mails of a tenant are from. An address of its own must be of a domain that the tenant has shown
// to be its own; any other tenant could write in its name otherwise.
import type { Context, Output } from '@prognetwork/contracts'
import {
  domainUnverified,
  type emailContract,
  senderMissing,
  sendersFull,
} from '@prognetwork/contracts/email'
import { tenantContract, tenantMissing } from '@prognetwork/contracts/tenant'
import {
  type Audit,
  type Call,
  command,
  type Database,
  type Handlers,
  newId,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import type { senders } from '../tables.ts'

type EmailHandlers = Handlers<typeof emailContract>
export type Sender = Omit<typeof senders.$inferSelect, 'tenantId'>
type Fields = Omit<Output<typeof emailContract.operations.createSender>, 'id' | 'updatedAt'>

const maxSenders = 50
const { findTenant } = tenantContract.operations

const columns = `id, name, address, reply_to as "replyTo", is_default as "isDefault",
  updated_at as "updatedAt"`

const lockSenders = statement<{ lock: string }>(
  'sender.lock',
  `select pg_advisory_xact_lock(hashtextextended(current_tenant()::text || '/sender', 0))::text
     as lock`,
)
const listAll = statement<Sender>('sender.list', `select ${columns} from sender order by id`)
const findSender = statement<Sender, [id: string]>(
  'sender.find',
  `select ${columns} from sender where id = $1`,
)
const findDefault = statement<Sender>(
  'sender.find_default',
  `select ${columns} from sender where is_default`,
)
const endDefault = command<[but: string]>(
  'sender.end_default',
  'update sender set is_default = false where is_default and id <> $1',
)
type Values = [
  id: string,
  name: string,
  address: string | null,
  replyTo: string | null,
  isDefault: boolean,
  now: string,
]
const insertSender = command<Values>(
  'sender.insert',
  `insert into sender (id, name, address, reply_to, is_default, updated_at)
   values ($1, $2, $3, $4, $5, $6)`,
)
const updateSender = statement<Sender, Values>(
  'sender.update',
  `update sender set name = $2, address = $3, reply_to = $4, is_default = $5, updated_at = $6
   where id = $1 returning ${columns}`,
)
const deleteSender = statement<{ id: string }, [id: string]>(
  'sender.delete',
  'delete from sender where id = $1 returning id',
)

export function createSenders(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly call: Call
  readonly onChanged: (tenantId: string) => void
}) {
  const { db, audit, call, onChanged } = parts

  const noted = (ctx: Context, action: string, id: string) =>
    audit(ctx, { action, outcome: 'success', resource: `mail_sender/${id}`, detail: {} })

  async function checkAddress(ctx: Context, address: string | null): Promise<void> {
    if (address === null) return
    const name = address.slice(address.indexOf('@') + 1)
    const isOwn = await call(ctx, findTenant, { params: { name } }).then(
      ({ id }) => name.includes('.') && id === ctx.scope.tenantId,
      (error) => {
        if (error instanceof Problem && error.code === tenantMissing.code) return false
        throw error
      },
    )
    if (!isOwn)
      throw new Problem(domainUnverified, 'Add the domain to the tenant and verify it first', {
        errors: [
          {
            pointer: '/body/address',
            expected: 'an address of a verified domain, or null',
            detail: 'The domain is not verified',
          },
        ],
      })
  }

  const valuesOf = (id: string, fields: Fields, now: string) =>
    [id, fields.name, fields.address, fields.replyTo, fields.isDefault, now] as const

  const list: EmailHandlers['listSenders'] = async (ctx) => ({
    items: await db.read(ctx, listAll()),
  })

  const create: EmailHandlers['createSender'] = async (ctx, { body }) => {
    await checkAddress(ctx, body.address)
    const sender = { id: newId(), ...body, updatedAt: ctx.now }
    await db.transaction(ctx, async (tx) => {
      await tx.run(lockSenders())
      const all = await tx.run(listAll())
      if (all.length >= maxSenders) throw new Problem(sendersFull, `${maxSenders} are kept`)
      await tx.batch([
        ...(body.isDefault ? [endDefault(sender.id)] : []),
        insertSender(...valuesOf(sender.id, body, ctx.now)),
        noted(ctx, 'mail_sender.created', sender.id),
        ctx.answer(sender),
      ])
    })
    onChanged(ctx.scope.tenantId)
    return sender
  }

  const change: EmailHandlers['changeSender'] = async (ctx, { params, body }) => {
    await checkAddress(ctx, body.address)
    const changed = await db.transaction(ctx, async (tx) => {
      await tx.run(lockSenders())
      if (body.isDefault) await tx.run(endDefault(params.senderId))
      const [row] = await tx.run(updateSender(...valuesOf(params.senderId, body, ctx.now)))
      if (!row) throw missing()
      await tx.run(noted(ctx, 'mail_sender.changed', row.id))
      return row
    })
    onChanged(ctx.scope.tenantId)
    return changed
  }

  const remove: EmailHandlers['removeSender'] = async (ctx, { params }) => {
    await db.transaction(ctx, async (tx) => {
      const [row] = await tx.run(deleteSender(params.senderId))
      if (!row) throw missing()
      await tx.run(noted(ctx, 'mail_sender.removed', row.id))
    })
    onChanged(ctx.scope.tenantId)
  }

  return {
    handlers: {
      listSenders: list,
      createSender: create,
      changeSender: change,
      removeSender: remove,
    },
    /** The sender that is named, else the default; undefined where the tenant has none. */
    async find(ctx: Context, senderId: string | undefined): Promise<Sender | undefined> {
      if (senderId === undefined) return (await db.read(ctx, findDefault()))[0]
      const [sender] = await db.read(ctx, findSender(senderId))
      if (!sender) throw missing()
      return sender
    },
  }
}

export type Senders = ReturnType<typeof createSenders>

function missing(): Problem {
  return new Problem(senderMissing, 'Look at the list of senders')
}
