import { statement } from '@prognetwork/shared-infrastructure'

/** Mails that are written, newest first, of the tenants that the role sees. */
export const listKeptMail = statement<
  { id: string; to: string; subject: string; text: string; at: string },
  [recipient: string | null, limit: number]
>(
  'message.list_kept',
  `select id, recipient as to, subject, body as text, created_at as at from message
   where recipient is not null and ($1::text is null or recipient = $1)
   order by id desc limit $2`,
)
