import type { NoteKind } from '@prognetwork/contracts/email'
import { statement } from '@prognetwork/shared-infrastructure'
import { type Message, messageColumns } from '../messages/messages.store.ts'

export interface DueMessage extends Message {
  readonly tenantId: string
}

const returned = messageColumns
  .split(',')
  .map((one) => `m.${one.trim()}`)
  .join(', ')

/**
 * Leases what is due. Tenants with something due are found by stepping through the index from one
 * to the next, so a long queue of one hides nobody; what comes first of each goes before what comes
 * second of any. Whoever chose the same at the same moment gets nothing of it.
 */
export const takeDue = statement<
  DueMessage,
  [
    lease: string,
    now: string,
    until: string,
    most: number,
    busyTenants: readonly string[],
    perTenant: number,
  ]
>(
  'message.take_due',
  `with recursive queue as (
     (select tenant_id from message where due_at is not null order by tenant_id limit 1)
     union all
     select following.tenant_id from queue q cross join lateral (
       select tenant_id from message where due_at is not null and tenant_id > q.tenant_id
       order by tenant_id limit 1) following),
   due as (
     select w.tenant_id, w.id, w.due_at,
       row_number() over (partition by w.tenant_id order by w.due_at)
         + (select count(*) from unnest($5::uuid[]) b where b = w.tenant_id) as turn
     from queue q cross join lateral (
       select tenant_id, id, due_at from message
       where tenant_id = q.tenant_id and due_at <= $2 order by due_at limit $6) w),
   chosen as materialized (
     select tenant_id, id from due where turn <= $6 order by turn, due_at limit $4),
   held as materialized (
     select m.tenant_id, m.id from chosen c
     join message m on m.tenant_id = c.tenant_id and m.id = c.id
     where m.due_at <= $2 for update of m skip locked)
   update message m set lease = $1, due_at = $3
   from held h where m.tenant_id = h.tenant_id and m.id = h.id
   returning m.tenant_id as "tenantId", ${returned}`,
)

/** What it says, unless somebody else has it by now; answers whether nothing is sent there. */
export const writeMessage = statement<
  { isSuppressed: boolean },
  [
    id: string,
    lease: string,
    recipient: string,
    fromName: string,
    fromAddress: string,
    replyTo: string | null,
    subject: string,
    body: string,
    html: string | null,
    links: readonly string[],
    templateVersion: number,
  ]
>(
  'message.write',
  `update message set recipient = $3, from_name = $4, from_address = $5, reply_to = $6, subject = $7,
     body = $8, html = $9, links = $10, template_version = $11
   where id = $1 and lease = $2 and state = 'queued'
   returning exists (select from suppression s where s.address = $3) as "isSuppressed"`,
)

/** What an attempt came to; nothing when the lease has run out and somebody else has it by now. */
export const settle = statement<
  { id: string },
  [
    id: string,
    lease: string,
    state: 'queued' | 'sent' | 'failed' | 'suppressed',
    error: string | null,
    providerId: string | null,
    sentAt: string | null,
    dueAt: string | null,
    noteId: string,
    kind: NoteKind,
    at: string,
    detail: string | null,
  ]
>(
  'message.settle',
  `with settled as (
     update message set state = $3, error = $4, provider_id = $5, sent_at = $6, due_at = $7,
       lease = null, attempts = attempts + 1
     where id = $1 and lease = $2 and state = 'queued' returning id),
   noted as (
     insert into message_note (message_id, id, kind, at, detail)
     select id, $8, $9, $10, $11 from settled)
   select id from settled`,
)

/** Not sent after all: somebody else may at once. */
export const giveBack = statement<{ id: string }, [id: string, lease: string, now: string]>(
  'message.give_back',
  `update message set lease = null, due_at = $3
   where id = $1 and lease = $2 and state = 'queued' returning id`,
)
