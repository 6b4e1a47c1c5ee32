import type { PersonalData } from '@prognetwork/shared-infrastructure'

/** Where this service keeps personal data, whose it is, and what an erasure does to it. */
export const personalData: readonly PersonalData[] = [
  {
    table: 'account',
    columns: ['email', 'display_name', 'locale', 'timezone'],
    subject: 'id',
    rule: 'erase',
  },
  { table: 'credential', columns: ['password_hash'], subject: 'account_id', rule: 'erase' },
  {
    table: 'one_time_token',
    columns: ['password_hash', 'display_name', 'locale'],
    subject: 'account_id',
    rule: 'erase',
  },
  {
    table: 'membership',
    columns: ['display_name', 'email'],
    subject: 'account_id',
    rule: 'erase',
  },
  { table: 'role', columns: 'none' },
  { table: 'invitation', columns: ['email'], rule: 'erase' },
  {
    table: 'acting_session',
    columns: ['display_name', 'email', 'address', 'user_agent', 'reason'],
    subject: 'account_id',
    rule: 'erase',
  },
  { table: 'api_key', columns: 'none' },
  { table: 'authority_change', columns: 'none' },
  { table: 'captured_mail', columns: ['recipient', 'body'], rule: 'erase' },
  { table: 'session', columns: ['address', 'user_agent'], subject: 'account_id', rule: 'erase' },
  { table: 'refresh_token', columns: 'none' },
  { table: 'sign_in_code', columns: 'none' },
  { table: 'sign_in_limit', columns: ['key'], rule: 'erase' },
  { table: 'known_place', columns: ['place'], subject: 'account_id', rule: 'erase' },
  { table: 'signing_key', columns: 'none' },
]
