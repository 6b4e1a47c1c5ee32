import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, timestamp } from '../shapes.ts'
import { exampleCloudEvent } from './cloud-event.ts'
import { consumerMissing } from './dead-letters.ts'
import { incarnationEnded } from './events.ts'

export const replayMissing = problem(
  'missing',
  'event_streaming.replay_missing',
  'The service has no such replay',
)
export const replayUnderWay = problem(
  'conflict',
  'event_streaming.replay_under_way',
  'A replay into this service has not ended yet',
)
export const replayEnded = problem(
  'conflict',
  'event_streaming.replay_ended',
  'The replay has ended',
)
export const replayWindowEmpty = problem(
  'unprocessable',
  'event_streaming.replay_window_empty',
  'The service has consumed nothing in this window',
)
export const replayTypeUnknown = problem(
  'unprocessable',
  'event_streaming.replay_type_unknown',
  'The service does not consume events of this type',
)
export const historyDropped = problem(
  'gone',
  'event_streaming.history_dropped',
  'The log does not keep the beginning of this window any more',
)

/**
 * `waiting` until a process of the service takes it up. `paused`, it goes on when it is resumed. An
 * ended one is `done`, `cancelled`, or `failed` when the log cannot give the rest.
 */
const state = z.enum(['waiting', 'running', 'paused', 'done', 'cancelled', 'failed'])

/** History that one service handles again; its live consumption waits meanwhile. */
export const replay = z.object({
  id: z.uuid(),
  service: z.string(),
  state,
  types: z.array(z.string()),
  /** Null: of every tenant. */
  tenantId: id('tenant').nullable(),
  /** Null: of every subject. */
  subject: z.string().nullable(),
  from: timestamp.nullable(),
  to: timestamp.nullable(),
  progress: z.object({
    /** Positions of the log: where it began, up to where it is done, and where it ends. */
    after: z.int(),
    position: z.int(),
    of: z.int(),
    /** Events that were handled, or are parked because they failed. */
    events: z.int(),
    /** Rows that would have left the service and were not written: events, mails. */
    muted: z.int(),
  }),
  /** The account of whoever asked. */
  askedBy: z.string(),
  askedAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  /** Why it failed. */
  failure: z.string().nullable(),
})
export type Replay = z.infer<typeof replay>

const exampleReplay = {
  id: examples.id(10),
  service: 'analytics-service',
  state: 'running',
  types: ['order.confirmed'],
  tenantId: examples.id(2),
  subject: null,
  from: null,
  to: null,
  progress: { after: 0, position: 61_000, of: 240_000, events: 18_250, muted: 0 },
  askedBy: examples.id(),
  askedAt: examples.time,
  startedAt: examples.time,
  endedAt: null,
  failure: null,
} as const

const serviceName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
const cursor = z.string().min(10).max(300)
// There is no year 0 (RFC 3339 has one, PostgreSQL does not).
const moment = z.iso.datetime().regex(/^(?!0000)/)
const params = z.strictObject({ service: serviceName, replayId: z.uuid() })
const exampleParams = { service: exampleReplay.service, replayId: exampleReplay.id }

export const startReplay = operation('POST', '/v1/replays', {
  summary: 'Have a service handle history again, without effects outside it',
  auth: { permission: 'platform:replay:create' },
  idempotent: true,
  body: z.strictObject({
    service: serviceName,
    /** All that the service consumes without it. */
    types: z.array(z.string().min(3).max(200)).min(1).max(100).optional(),
    tenantId: id('tenant').optional(),
    /** One thing by its id. */
    subject: z.string().min(1).max(200).optional(),
    /** By the time of the events: from this moment on, and before that one. */
    from: moment.optional(),
    to: moment.optional(),
    /** By the place in the log: after one cursor, and up to another. */
    after: cursor.optional(),
    upTo: cursor.optional(),
    /** Live consumption waits and nothing is handled until it is resumed: time to empty a table. */
    paused: z.boolean().default(false),
  }),
  reply: { 202: replay },
  problems: [
    consumerMissing,
    historyDropped,
    incarnationEnded,
    replayTypeUnknown,
    replayUnderWay,
    replayWindowEmpty,
  ],
  example: {
    body: {
      service: exampleReplay.service,
      tenantId: exampleReplay.tenantId,
      after: exampleCloudEvent.cursor,
    },
    reply: exampleReplay,
  },
})

export const listReplays = operation('GET', '/v1/replays', {
  summary: 'Replays by service, the newest first',
  auth: { permission: 'platform:replay:read' },
  query: pageQuery.extend({ service: serviceName.optional() }),
  reply: { 200: page(replay) },
  problems: [consumerMissing],
  example: {
    query: { service: exampleReplay.service },
    reply: { items: [exampleReplay], next: null },
  },
})

export const readReplay = operation('GET', '/v1/replays/{service}/{replayId}', {
  summary: 'One replay, and how far it is',
  auth: { permission: 'platform:replay:read' },
  params,
  reply: { 200: replay },
  problems: [consumerMissing, replayMissing],
  example: { params: exampleParams, reply: exampleReplay },
})

export const pauseReplay = operation('POST', '/v1/replays/{service}/{replayId}/pause', {
  summary: 'Let a replay rest; live consumption waits on, or order would break',
  auth: { permission: 'platform:replay:update' },
  params,
  reply: { 200: replay },
  problems: [consumerMissing, replayEnded, replayMissing],
  example: { params: exampleParams, reply: { ...exampleReplay, state: 'paused' } },
})

export const resumeReplay = operation('POST', '/v1/replays/{service}/{replayId}/resume', {
  summary: 'Let a paused replay go on',
  auth: { permission: 'platform:replay:update' },
  params,
  reply: { 200: replay },
  problems: [consumerMissing, replayEnded, replayMissing],
  example: { params: exampleParams, reply: { ...exampleReplay, state: 'waiting' } },
})

export const cancelReplay = operation('POST', '/v1/replays/{service}/{replayId}/cancel', {
  summary: 'Give a replay up; what it did stays, and live consumption goes on',
  auth: { permission: 'platform:replay:update' },
  params,
  reply: { 200: replay },
  problems: [consumerMissing, replayEnded, replayMissing],
  example: {
    params: exampleParams,
    reply: { ...exampleReplay, state: 'cancelled', endedAt: examples.laterTime },
  },
})
