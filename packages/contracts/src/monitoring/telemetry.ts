import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { nothing } from '../shapes.ts'
import { exampleLine, logLevel, spanKind, spanStatus, traceId } from './shapes.ts'

/** Every other service, and the servers of clients: each process tells what it did. */
export const tellingServices = [
  'admin-client',
  'api-gateway',
  'auth-client',
  'email-service',
  'event-streaming-service',
  'order-service',
  'payment-service',
  'product-service',
  'storefront-client',
  'tenant-service',
  'user-service',
  'worker-service',
] as const

const spanId = z.string().regex(/^[0-9a-f]{16}$/)

const finishedSpan = z.strictObject({
  traceId,
  spanId,
  parentSpanId: spanId.optional(),
  name: z.string(),
  kind: spanKind,
  service: z.string(),
  // Not an id that somebody asks for: a process tells of all tenants. Without one it is the platform's.
  tenantId: z.uuid().optional(),
  /** Milliseconds since the epoch, with a fraction. */
  startMs: z.number(),
  durationUs: z.int().min(0),
  status: spanStatus,
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The business objects it was about, as `order:<id>`. */
  objects: z.array(z.string().regex(/^[a-z][a-z_]*:[!-~]{1,150}$/)),
})

const writtenLine = z.strictObject({
  /** Milliseconds since the epoch. */
  timeMs: z.number(),
  level: logLevel,
  service: z.string(),
  sentence: z.string(),
  fields: z.record(z.string(), z.unknown()),
})

export const recordTelemetry = operation('POST', '/v1/telemetry', {
  summary: 'Finished spans and written log lines of a process that runs apart',
  auth: { service: tellingServices },
  body: z.strictObject({
    spans: z.array(finishedSpan).max(10_000),
    lines: z.array(writtenLine).max(10_000),
  }),
  bodyLimitBytes: 64 * 1_048_576,
  reply: { 204: nothing },
  example: {
    body: {
      spans: [
        {
          traceId: examples.traceId,
          spanId: '00f067aa0ba902b7',
          name: 'readOrder',
          kind: 'server',
          service: 'order-service',
          tenantId: examples.id(2),
          startMs: 1_795_858_200_000.25,
          durationUs: 2_140,
          status: 'ok',
          attributes: {},
          objects: [`order:${examples.id(15)}`],
        },
      ],
      lines: [
        {
          timeMs: 1_795_858_200_002,
          level: 'info',
          service: exampleLine.service,
          sentence: exampleLine.sentence,
          fields: exampleLine.fields,
        },
      ],
    },
  },
})
