import { z } from 'zod'
import { examples } from '../examples.ts'
import { timestamp } from '../shapes.ts'

/** As W3C trace context writes it. */
export const traceId = z.string().regex(/^[0-9a-f]{32}$/)

export const spanKind = z.enum(['server', 'client', 'producer', 'consumer', 'internal'])

/** `problem` is an answer that the caller could act on, `error` a fault of ours. */
export const spanStatus = z.enum(['ok', 'problem', 'error'])

export const logLevel = z.enum(['debug', 'info', 'warn', 'error'])

/** Names of services and operations, as they are asked for. */
export const name = z.string().min(1).max(200)

export const logLine = z.object({
  at: timestamp,
  level: logLevel,
  service: z.string(),
  traceId: traceId.nullable(),
  sentence: z.string(),
  fields: z.record(z.string(), z.unknown()),
})

export const exampleLine = {
  at: examples.time,
  level: 'info',
  service: 'api-gateway',
  traceId: examples.traceId,
  sentence: 'Request',
  fields: { method: 'GET', operation: 'readOrder', status: 200 },
} as const
