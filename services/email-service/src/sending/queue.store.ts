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

/** What some mails say, unless somebody else has them by now; and whether nothing is sent there. */
export const writeMessages = statement<{ id: string; isSuppressed: boolean }, [mails: string]>(
  'message.write',
  `update message m set recipient = r.recipient, from_name = r."fromName",
     from_address = r."fromAddress", reply_to = r."replyTo", subject = r.subject, body = r.body,
     html = r.html, links = r.links, template_version = r."templateVersion"
   from jsonb_to_recordset($1::jsonb) as r (id uuid, lease uuid, recipient text, "fromName" text,
     "fromAddress" text, "replyTo" text, subject text, body text, html text, links text[],
     "templateVersion" integer)
   where m.id = r.id and m.lease = r.lease and m.state = 'queued'
   returning m.id,
     exists (select from suppression s where s.address = r.recipient) as "isSuppressed"`,
)

/** What an attempt came to. */
export interface Settlement {
  readonly id: string
  readonly lease: string
  readonly state: 'queued' | 'sent' | 'failed' | 'suppressed'
  readonly error: string | null
  readonly providerId: string | null
  readonly sentAt: string | null
  readonly dueAt: string | null
  readonly note: {
    readonly id: string
    readonly kind: NoteKind
    readonly at: string
    readonly detail: string | null
  }
}

/** Those whose lease has not run out: somebody else may have the others by now. */
export const settleMessages = statement<{ id: string }, [settlements: string]>(
  'message.settle',
  `with given as (
     select * from jsonb_to_recordset($1::jsonb) as r (id uuid, lease uuid, state text, error text,
       "providerId" text, "sentAt" timestamptz, "dueAt" timestamptz, note jsonb)),
   settled as (
     update message m set state = g.state, error = g.error, provider_id = g."providerId",
       sent_at = g."sentAt", due_at = g."dueAt", lease = null, attempts = m.attempts + 1
     from given g where m.id = g.id and m.lease = g.lease and m.state = 'queued'
     returning m.id, g.note),
   noted as (
     insert into message_note (message_id, id, kind, at, detail)
     select s.id, n.id, n.kind, n.at, n.detail
     from settled s cross join lateral jsonb_to_record(s.note)
       as n (id uuid, kind text, at timestamptz, detail text))
   select id from settled`,
)

/** Not sent after all: somebody else may at once. */
export const giveBack = statement<{ id: string }, [id: string, lease: string, now: string]>(
  'message.give_back',
  `update message set lease = null, due_at = $3
   where id = $1 and lease = $2 and state = 'queued' returning id`,
)
