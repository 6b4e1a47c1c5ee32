import { command, statement } from '@prognetwork/shared-infrastructure'
import type { attachments, CauseTrace, messageNotes, messages } from '../tables.ts'

export type Message = Omit<typeof messages.$inferSelect, 'tenantId'>
export type Attachment = Omit<typeof attachments.$inferSelect, 'tenantId' | 'messageId'>
export type Note = Pick<typeof messageNotes.$inferSelect, 'kind' | 'at' | 'detail'>

export const messageColumns = `id, state, recipient, from_name as "fromName",
  from_address as "fromAddress", reply_to as "replyTo", subject, body, html, links, tracked,
  template, template_version as "templateVersion", event_id as "eventId", order_id as "orderId",
  order_version as "orderVersion", return_id as "returnId", account_id as "accountId", trace, opens, clicks, error,
  provider_id as "providerId", attempts, lease, due_at as "dueAt", created_at as "createdAt",
  sent_at as "sentAt"`

/** One that is written already; `due_at` is null for one that is not to be sent. */
export const insertMessage = command<[message: string]>(
  'message.insert',
  `insert into message (id, state, recipient, from_name, from_address, reply_to, subject, body, html,
     links, tracked, template, template_version, trace, error, due_at, created_at)
   select id, state, recipient, "fromName", "fromAddress", "replyTo", subject, body, html, links,
     tracked, template, "templateVersion", trace, error, "dueAt", "createdAt"
   from jsonb_to_record($1::jsonb) as r (id uuid, state text, recipient text, "fromName" text,
     "fromAddress" text, "replyTo" text, subject text, body text, html text, links text[],
     tracked boolean, template text, "templateVersion" integer, trace jsonb, error text,
     "dueAt" timestamptz, "createdAt" timestamptz)`,
)

/** One that is written when it is sent, of each event that has none. One that is told again finds its mail there. */
export const insertOrderMails = statement<{ id: string }, [mails: string]>(
  'message.insert_order_mails',
  `with made as (
     insert into message (id, state, tracked, template, event_id, order_id, order_version,
       return_id, account_id, trace, created_at, due_at)
     select id, 'queued', true, template, "eventId", "orderId", "orderVersion", "returnId",
       "accountId", trace, "createdAt", "dueAt"
     from jsonb_to_recordset($1::jsonb) as r (id uuid, template text, "eventId" uuid,
       "orderId" uuid, "orderVersion" integer, "returnId" uuid, "accountId" uuid, trace jsonb,
       "createdAt" timestamptz, "dueAt" timestamptz)
     on conflict (tenant_id, event_id) where event_id is not null do nothing
     returning id, created_at),
   noted as (
     insert into message_note (message_id, id, kind, at)
     select id, id, 'queued', created_at from made)
   select id from made`,
)

export const findMessage = statement<Message, [id: string]>(
  'message.find',
  `select ${messageColumns} from message where id = $1`,
)

export const listMessagesOf = statement<
  Message,
  [
    recipient: string | null,
    orderId: string | null,
    state: string | null,
    before: string | null,
    limit: number,
  ]
>(
  'message.list',
  `select ${messageColumns} from message
   where ($1::text is null or recipient = $1) and ($2::uuid is null or order_id = $2)
     and ($3::text is null or state = $3) and ($4::uuid is null or id < $4)
   order by id desc limit $5`,
)

export const insertAttachment = command<
  [messageId: string, place: number, filename: string, mediaType: string, content: Buffer]
>(
  'attachment.insert',
  `insert into attachment (message_id, place, filename, media_type, content)
   values ($1, $2, $3, $4, $5)`,
)

export const listAttachments = statement<Attachment, [messageId: string]>(
  'attachment.list',
  `select place, filename, media_type as "mediaType", content from attachment
   where message_id = $1 order by place`,
)

export const insertNote = command<
  [messageId: string, id: string, kind: string, at: string, detail: string | null]
>(
  'message_note.insert',
  `insert into message_note (message_id, id, kind, at, detail) values ($1, $2, $3, $4, $5)`,
)

export const listNotes = statement<Note, [messageId: string]>(
  'message_note.list',
  'select kind, at, detail from message_note where message_id = $1 order by id',
)

/** What is stored of the place in a trace that a mail comes from. */
export function causeOf({ traceId, spanId, sampled }: CauseTrace): CauseTrace {
  return { traceId, spanId, sampled }
}
