// Parked events stay in the schema of the service that failed on them. Every service that consumes
// answers these operations, without writing them; event-streaming-service asks on behalf of people.
import { contract, operation } from '@prognetwork/contracts'
import { parkedKey, parkedKeyMissing } from '@prognetwork/contracts/event-streaming'
import type { LoggedEvent } from '@prognetwork/event-based-service-client'
import { z } from 'zod'
import type { DatabaseInternals } from '../database/database.ts'
import { statement } from '../database/statement.ts'
import type { AnyDefinition, Handlers } from '../service/definition.ts'
import { Problem } from '../service/failure.ts'
import { type OperationHost, type RunnableOperation, runnable } from './operation.ts'

const auth = { service: ['event-streaming-service'] } as const
const shown = parkedKey.omit({ service: true })
const exampleKey = {
  key: 'k',
  state: 'dead',
  attempts: 10,
  retryAt: '2026-11-21T09:30:00.000Z',
  lastError: 'Error: no',
  events: 1,
  type: 'thing.made',
} as const

/** The operations of one service about the events that it could not handle. */
export function parkedKeysOf(service: string) {
  return contract(service, {
    listParkedKeys: operation('GET', '/v1/parked-keys', {
      summary: 'Keys whose first event failed',
      auth,
      query: z.strictObject({
        state: z.string(),
        after: z.string().optional(),
        limit: z.coerce.number().int(),
      }),
      reply: { 200: z.object({ items: z.array(shown) }) },
      example: { query: { state: 'dead', limit: '20' }, reply: { items: [exampleKey] } },
    }),
    readParkedKey: operation('POST', '/v1/parked-keys/reading', {
      summary: 'One key with its events',
      auth,
      body: z.strictObject({ key: z.string() }),
      /** Events as JSON text, as the log holds them. */
      reply: { 200: shown.extend({ waiting: z.array(z.string()) }) },
      problems: [parkedKeyMissing],
      example: { body: { key: 'k' }, reply: { ...exampleKey, waiting: ['{}'] } },
    }),
    redriveParkedKeys: operation('POST', '/v1/parked-keys/redrive', {
      summary: 'Have keys tried again',
      auth,
      /** All dead ones without `keys`. */
      body: z.strictObject({ keys: z.array(z.string()).optional() }),
      reply: { 200: z.object({ redriven: z.int() }) },
      example: { body: {}, reply: { redriven: 1 } },
    }),
    skipParkedEvent: operation('POST', '/v1/parked-keys/skip', {
      summary: 'Give up the first event of a key',
      auth,
      body: z.strictObject({ key: z.string(), eventId: z.uuid() }),
      reply: { 200: z.object({ left: z.int() }) },
      problems: [parkedKeyMissing],
      example: {
        body: { key: 'k', eventId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' },
        reply: { left: 0 },
      },
    }),
  })
}

type ShownKey = z.output<typeof shown>

const columns = `k.key, k.state, k.attempts, k.retry_at as "retryAt", k.last_error as "lastError",
  count(*) over (partition by k.key)::int as events, e.event ->> 'type' as type`
const joined = `from parked_key k join parked_event e using (tenant_id, consumer_group, log, key)`

const listKeys = statement<ShownKey, [state: string, after: string | null, most: number]>(
  'parked_key.list',
  `select distinct on (key) * from (
     select ${columns}, e.position ${joined}
     where k.key in (select key from parked_key
       where state = $1 and ($2::text is null or key > $2) order by key limit $3)) k
   order by key, position limit $3`,
)

const readKey = statement<ShownKey & { event: LoggedEvent }, [key: string]>(
  'parked_key.read',
  `select ${columns}, e.event ${joined} where k.key = $1 order by e.position limit 100`,
)

const redriveKeys = statement<{ key: string }, [keys: readonly string[] | null]>(
  'parked_key.redrive_many',
  `update parked_key set state = 'waiting', attempts = 0, retry_at = now()
   where state = 'dead' and ($1::text[] is null or key = any ($1)) returning key`,
)

const skipFirst = statement<
  { skipped: boolean; leftBefore: number },
  [key: string, eventId: string]
>(
  'parked_key.skip',
  `select skip_parked_event($1, $2) as skipped,
     (select count(*)::int from parked_event where key = $1) as "leftBefore"`,
)

/** For a service that consumes; none for any other. `onRedriven` has its runner look at once. */
export function parkedKeyOperations(
  definition: AnyDefinition,
  database: DatabaseInternals | undefined,
  host: OperationHost,
  onRedriven: () => void,
): RunnableOperation[] {
  if (definition.consumes.length === 0 || !database) return []
  const parkedKeys = parkedKeysOf(definition.name)
  const handlers: Handlers<typeof parkedKeys> = {
    async listParkedKeys(ctx, { query: { state, after = null, limit } }) {
      return { items: await database.read(ctx, listKeys(state, after, limit)) }
    },
    async readParkedKey(ctx, { body: { key } }) {
      const rows = await database.read(ctx, readKey(key))
      const [first] = rows
      if (!first) throw missing()
      return { ...first, waiting: rows.map(({ event }) => JSON.stringify(event)) }
    },
    async redriveParkedKeys(ctx, { body }) {
      const [rows] = await database.batch(ctx, [redriveKeys(body.keys ?? null)])
      if (rows.length > 0) onRedriven()
      return { redriven: rows.length }
    },
    async skipParkedEvent(ctx, { body: { key, eventId } }) {
      const [[row]] = await database.batch(ctx, [skipFirst(key, eventId)])
      if (!row?.skipped) throw missing()
      onRedriven()
      return { left: row.leftBefore - 1 }
    },
  }
  return Object.values(parkedKeys.operations).map((operation) =>
    runnable(operation, handlers[operation.name as keyof typeof handlers] as AnyHandler, host),
  )
}

type AnyHandler = Parameters<typeof runnable>[1]

function missing(): Problem {
  return new Problem(parkedKeyMissing, 'It was handled meanwhile, skipped, or never parked')
}
