import type { Output } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { command, statement } from '@prognetwork/shared-infrastructure'

export type Endpoint = Output<typeof eventStreamingContract.operations.readWebhookEndpoint>

const columns = `id, url, event_types as "eventTypes", description, enabled,
  disabled_reason as "disabledReason", failing_since as "failingSince",
  case when previous_secret_until > now() then previous_secret_until end as "previousSecretUntil",
  created_at as "createdAt", updated_at as "updatedAt"`
const endOfLog = `(select "position" from log_heads() where log = 'domain')`

/** Two who add endpoints to one tenant at once follow each other. */
export const lockEndpoints = command(
  'webhook_endpoint.lock',
  `select pg_advisory_xact_lock(hashtextextended('webhook_endpoint ' || current_tenant(), 0))`,
)

export const insertEndpoint = statement<
  Endpoint,
  [
    id: string,
    url: string,
    eventTypes: readonly string[],
    description: string,
    enabled: boolean,
    secret: Uint8Array,
    now: string,
    most: number,
  ]
>(
  'webhook_endpoint.insert',
  `insert into webhook_endpoint (id, url, event_types, description, enabled, disabled_reason, secret,
     after_position, created_at, updated_at)
   select $1, $2, $3, $4, $5, case when not $5 then 'by_hand' end, $6, ${endOfLog}, $7, $7
   where (select count(*) from webhook_endpoint) < $8
   returning ${columns}`,
)

export const listEndpoints = statement<Endpoint>(
  'webhook_endpoint.list',
  `select ${columns} from webhook_endpoint order by id`,
)

export const findEndpoint = statement<Endpoint, [id: string]>(
  'webhook_endpoint.find',
  `select ${columns} from webhook_endpoint where id = $1`,
)

/** What is null stays. Enabled again, it is as one that was made now and has not failed yet. */
export const updateEndpoint = statement<
  Endpoint,
  [
    id: string,
    url: string | null,
    eventTypes: readonly string[] | null,
    description: string | null,
    enabled: boolean | null,
    now: string,
  ]
>(
  'webhook_endpoint.update',
  `update webhook_endpoint set url = coalesce($2, url), event_types = coalesce($3, event_types),
     description = coalesce($4, description), enabled = coalesce($5, enabled), updated_at = $6,
     disabled_reason = case when not coalesce($5, enabled)
       then coalesce(disabled_reason, 'by_hand') end,
     failing_since = case when enabled or $5 is not true then failing_since end,
     after_position = case when enabled or $5 is not true then after_position else ${endOfLog} end
   where id = $1 returning ${columns}`,
)

export const deleteEndpoint = statement<{ url: string }, [id: string]>(
  'webhook_endpoint.delete',
  'delete from webhook_endpoint where id = $1 returning url',
)

export const rotateSecret = statement<
  { id: string },
  [id: string, secret: Uint8Array, until: string, now: string]
>(
  'webhook_endpoint.rotate_secret',
  `update webhook_endpoint set previous_secret = secret, previous_secret_until = $3, secret = $2,
     updated_at = $4
   where id = $1 returning id`,
)

/** Answers nothing when it is disabled already. */
export const disableEndpoint = statement<
  { url: string },
  [id: string, reason: 'gone' | 'failing', now: string]
>(
  'webhook_endpoint.disable',
  `update webhook_endpoint set enabled = false, disabled_reason = $2, updated_at = $3
   where id = $1 and enabled returning url`,
)
