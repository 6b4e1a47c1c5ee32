// What mails say of a person who is erased, and whom they were to, is forgotten. Mails to guests carry
// no account: they are found by the addresses that were written to for the person.
import { subjectErased } from '@prognetwork/contracts/user'
import { on } from '@prognetwork/event-based-service-client'
import { newId, statement } from '@prognetwork/shared-infrastructure'
import { insertNote } from './messages.store.ts'

const eraseMessages = statement<{ id: string }, [accountId: string]>(
  'message.erase',
  `with theirs as (
     select id from message where account_id = $1
     union
     select m.id from message m where m.recipient in (
       select recipient from message where account_id = $1 and recipient is not null))
   update message set recipient = null, from_name = null, from_address = null, reply_to = null,
     subject = null, body = null, html = null, links = '{}', error = null, provider_id = null,
     due_at = null, lease = null, state = case when state = 'queued' then 'failed' else state end
   where id in (select id from theirs) returning id`,
)
const eraseAttachments = statement<{ place: number }, [messageIds: readonly string[]]>(
  'attachment.erase',
  'delete from attachment where message_id = any($1::uuid[]) returning place',
)
/** Mail servers repeat the address in what they answer. */
const eraseNotes = statement<{ kind: string }, [messageIds: readonly string[]]>(
  'message_note.erase',
  `update message_note set detail = null
   where message_id = any($1::uuid[]) and kind <> 'clicked' returning kind`,
)
const eraseSuppressions = statement<{ address: string }, [accountId: string]>(
  'suppression.erase',
  `delete from suppression where address in (
     select recipient from message where account_id = $1 and recipient is not null)
   returning address`,
)

export const erasure = on(subjectErased, async (ctx, { data: { subjectId } }, tx) => {
  await tx.run(eraseSuppressions(subjectId))
  const rows = await tx.run(eraseMessages(subjectId))
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await tx.batch([
    eraseAttachments(ids),
    eraseNotes(ids),
    ...ids.map((id) => insertNote(id, newId(), 'erased', ctx.now, null)),
  ])
})
