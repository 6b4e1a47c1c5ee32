import { command, statement } from '@prognetwork/shared-infrastructure'

/** Credentials, links, sessions and places go with it. */
export const deleteAccount = statement<{ email: string; version: number }, [accountId: string]>(
  'account.delete',
  'delete from account where id = $1 returning email, version + 1 as version',
)

export const endedSessions = statement<{ id: string }, [accountId: string, realNow: string]>(
  'session.delete_all',
  `with gone as (delete from session where account_id = $1 returning *)
   select id from gone where revoked_at is null and expires_at > $2`,
)

export const endActingSessions = statement<{ id: string }, [accountId: string, realNow: string]>(
  'acting_session.end_all',
  `update acting_session set ended_at = $2
   where account_id = $1 and ended_at is null and expires_at > $2 returning id`,
)

/** What was done under the session stays known to its tenant; who it was does not. */
export const forgetActor = command<[accountId: string]>(
  'acting_session.forget',
  `update acting_session set display_name = '', email = '', address = null, user_agent = null
   where account_id = $1`,
)

export const deleteMailTo = command<[email: string]>(
  'captured_mail.delete_to',
  'delete from captured_mail where recipient = $1',
)

export const deleteInvitationsOf = command<[accountId: string, email: string]>(
  'invitation.delete_of',
  'delete from invitation where invited_by = $1 or email = $2',
)

/** Answers that are kept for requests that come again. */
export const deleteAnswersTo = command<[accountId: string]>(
  'idempotency.delete_of',
  `delete from idempotency where principal = 'user:' || $1::text`,
)
