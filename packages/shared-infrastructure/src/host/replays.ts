// A replay stands in the schema of the service that handles the history. Every service that consumes
// answers these operations, without writing them; event-streaming-service asks on behalf of operators.
import {
  type Context,
  common,
  contract,
  type Input,
  operation,
  platformTenantId,
} from '@prognetwork/contracts'
import {
  consumerMissing,
  replay,
  replayEnded,
  replayMissing,
  replayTypeUnknown,
  replayUnderWay,
  replayWindowEmpty,
} from '@prognetwork/contracts/event-streaming'
import { logName, partitionOf } from '@prognetwork/event-based-service-client'
import { z } from 'zod'
import type { DatabaseInternals } from '../database/database.ts'
import { statement } from '../database/statement.ts'
import type { AnyDefinition, Handlers, Running } from '../service/definition.ts'
import { Problem } from '../service/failure.ts'
import { type OperationHost, type RunnableOperation, runnable } from './operation.ts'

const auth = { service: ['event-streaming-service'] } as const
const shown = replay.omit({ service: true })
const exampleShown = {
  id: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f',
  state: 'waiting',
  types: ['thing.made'],
  ...{ tenantId: null, subject: null, from: null, to: null },
  progress: { after: 0, position: 0, of: 9, events: 0, muted: 0 },
  ...{ askedBy: '1', askedAt: '2026-11-21T09:30:00.000Z' },
  ...{ startedAt: null, endedAt: null, failure: null },
} as const
const params = z.strictObject({ replayId: z.uuid() })
const exampleParams = { replayId: exampleShown.id }

/** The operations of one service about the history that it handles again. */
export function replaysOf(service: string) {
  return contract(service, {
    startHistoryReplay: operation('POST', '/v1/history-replays', {
      summary: 'Handle a window of the log again',
      auth,
      body: z.strictObject({
        id: z.uuid(),
        incarnation: z.uuid(),
        types: z.array(z.string()).optional(),
        tenantId: z.uuid().optional(),
        subject: z.string().optional(),
        from: z.string().optional(),
        to: z.string().optional(),
        after: z.int(),
        upTo: z.int().optional(),
        paused: z.boolean(),
      }),
      /** The same `id` again is the same replay. */
      reply: { 202: shown },
      problems: [consumerMissing, replayTypeUnknown, replayUnderWay, replayWindowEmpty],
      example: {
        body: { id: exampleShown.id, incarnation: exampleShown.id, after: 0, paused: false },
        reply: exampleShown,
      },
    }),
    listHistoryReplays: operation('GET', '/v1/history-replays', {
      summary: 'What was handled again, the newest first',
      auth,
      query: z.strictObject({ after: z.uuid().optional(), limit: z.coerce.number().int() }),
      reply: { 200: z.object({ items: z.array(shown) }) },
      example: { query: { limit: '20' }, reply: { items: [exampleShown] } },
    }),
    readHistoryReplay: operation('GET', '/v1/history-replays/{replayId}', {
      summary: 'How far one is',
      auth,
      params,
      reply: { 200: shown },
      problems: [replayMissing],
      example: { params: exampleParams, reply: exampleShown },
    }),
    changeHistoryReplay: operation('POST', '/v1/history-replays/{replayId}/state', {
      summary: 'Let one rest, go on, or end',
      auth,
      params,
      body: z.strictObject({ to: z.enum(['paused', 'waiting', 'cancelled']) }),
      reply: { 200: shown },
      problems: [replayEnded, replayMissing],
      example: {
        params: exampleParams,
        body: { to: 'paused' },
        reply: { ...exampleShown, state: 'paused' },
      },
    }),
  })
}

type Shown = z.output<typeof shown>
type StartOutcome = 'started' | 'busy' | 'empty'

const columns = `id, state, types, of_tenant as "tenantId", of_key as subject, since as "from",
  before as "to", jsonb_build_object('after', start, 'position', position, 'of', finish,
    'events', handled, 'muted', muted) as progress,
  asked_by as "askedBy", asked_at as "askedAt", started_at as "startedAt", ended_at as "endedAt",
  failure`

const start = statement<
  { outcome: StartOutcome },
  [replay: string, partition: number | null, paused: boolean]
>('replay.start', 'select start_replay(jsonb_populate_record(null::replay, $1), $2, $3) as outcome')

const find = statement<Shown, [id: string]>(
  'replay.find',
  `select ${columns} from replay where id = $1`,
)

const list = statement<Shown, [after: string | null, most: number]>(
  'replay.list',
  `select ${columns} from replay
   where $1::uuid is null or (asked_at, id) < (select asked_at, id from replay where id = $1)
   order by asked_at desc, id desc limit $2`,
)

/** What rests or waits already is left as it is. */
const change = statement<{ id: string }, [id: string, to: string]>(
  'replay.change',
  `update replay set holder = case when $2 = 'paused' then null else holder end,
     state = case when $2 = 'waiting' and state = 'running' then state else $2 end
   where id = $1 and ended_at is null returning id`,
)

const cancel = statement<{ ended: boolean }, [id: string]>(
  'replay.cancel',
  `select end_replay($1, null, 'cancelled', null) as ended`,
)

type Start = ReturnType<typeof replaysOf>['operations']['startHistoryReplay']

/** For a service that consumes; none for any other. `onDue` has its runner look at once. */
export function replayOperations(
  definition: AnyDefinition,
  running: Running,
  database: DatabaseInternals | undefined,
  host: OperationHost,
  onDue: () => void,
): RunnableOperation[] {
  if (definition.consumes.length === 0 || !database) return []
  const replays = replaysOf(definition.name)
  // The volatile log forgets: there is no history of it to be handled again.
  const kept = running.consumers?.filter(({ event }) => event.log === 'domain')
  const consumed = [...new Set(kept?.map((one) => one.event.type))]

  async function read(ctx: Context, id: string): Promise<Shown> {
    const [found] = (await database?.read(ctx, find(id))) ?? []
    if (!found) throw new Problem(replayMissing, 'It was asked for in another service, or never')
    return found
  }

  const handlers: Handlers<typeof replays> = {
    async startHistoryReplay(ctx, { body }) {
      const types = chosen(definition.name, consumed, body.types)
      const row = JSON.stringify({ ...rowOf(ctx, definition.name, body), types })
      const { tenantId, subject, paused } = body
      const partition =
        tenantId !== undefined && subject !== undefined ? partitionOf(tenantId, subject) : null
      const [[answer]] = await database.batch(ctx, [start(row, partition, paused)])
      if (answer?.outcome === 'busy')
        throw new Problem(replayUnderWay, 'Wait for it, or cancel it: one replay at a time')
      if (answer?.outcome !== 'started')
        throw new Problem(replayWindowEmpty, 'What comes after what it has consumed is not history')
      onDue()
      return read(ctx, body.id)
    },
    async listHistoryReplays(ctx, { query: { after = null, limit } }) {
      return { items: await database.read(ctx, list(after, limit)) }
    },
    readHistoryReplay: (ctx, { params: { replayId } }) => read(ctx, replayId),
    async changeHistoryReplay(ctx, { params: { replayId }, body: { to } }) {
      const changed =
        to === 'cancelled'
          ? (await database.batch(ctx, [cancel(replayId)]))[0][0]?.ended
          : (await database.batch(ctx, [change(replayId, to)]))[0].length > 0
      const now = await read(ctx, replayId)
      if (!changed) throw new Problem(replayEnded, `It is ${now.state}; ask for another one`)
      onDue()
      return now
    },
  }
  return Object.values(replays.operations).map((operation) => {
    const handler = handlers[operation.name as keyof typeof handlers] as AnyHandler
    return runnable(operation, forOperators(handler), host)
  })
}

type AnyHandler = Parameters<typeof runnable>[1]

/** A replay is of every tenant, or holds up every tenant: no tenant's work may touch one. */
function forOperators(handler: AnyHandler): AnyHandler {
  return (ctx, input) => {
    if (ctx.scope.tenantId !== platformTenantId)
      throw new Problem(common.permissionDenied, 'Replays are for operators of the platform')
    return handler(ctx, input)
  }
}

/** Types of a watch have no position, and nothing of them is stored. */
function chosen(
  service: string,
  consumed: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  if (consumed.length === 0)
    throw new Problem(consumerMissing, `${service} only watches events and stores nothing of them`)
  const unknown = wanted?.find((type) => !consumed.includes(type))
  if (unknown !== undefined)
    throw new Problem(replayTypeUnknown, `It consumes ${consumed.join(', ')}, and not ${unknown}`)
  return wanted ?? consumed
}

function rowOf(ctx: Context, service: string, body: Input<Start>['body']): object {
  return {
    ...{ id: body.id, consumer_group: service, log: logName, incarnation: body.incarnation },
    ...{ of_tenant: body.tenantId, of_key: body.subject, since: body.from, before: body.to },
    ...{ start: body.after, finish: body.upTo },
    ...{ asked_by: ctx.principal.subject, asked_at: ctx.now },
  }
}
