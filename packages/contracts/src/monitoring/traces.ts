import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { page, pageQuery, timestamp } from '../shapes.ts'
import { exampleLine, logLine, name, spanKind, spanStatus, traceId } from './shapes.ts'

export const traceMissing = problem(
  'missing',
  'monitoring.trace_missing',
  'Nothing is kept of such a trace',
)

const trace = z.object({
  traceId,
  startedAt: timestamp,
  /** From the start of the first span to the end of the last. */
  durationUs: z.int(),
  /** Where it began, and with what. */
  service: z.string(),
  operation: z.string(),
  /** The worst of its spans. */
  status: spanStatus,
  spanCount: z.int(),
  services: z.array(z.string()),
})
const exampleTrace = {
  traceId: examples.traceId,
  startedAt: examples.time,
  durationUs: 41_820,
  service: 'api-gateway',
  operation: 'checkOut',
  status: 'ok',
  spanCount: 2,
  services: ['api-gateway', 'order-service'],
} as const

export const listTraces = operation('GET', '/v1/traces', {
  summary:
    'Traces in which something was done, newest first; one span has to fit all that is asked',
  auth: { permission: 'monitoring:trace:read' },
  query: pageQuery.extend({
    /** A business object that the trace is about, as `order:<id>`. */
    object: z
      .string()
      .max(200)
      .regex(/^[a-z][a-z_]*:[!-~]+$/)
      .optional(),
    service: name.optional(),
    operation: name.optional(),
    status: spanStatus.optional(),
    minDurationMs: z.coerce.number().int().min(0).max(86_400_000).optional(),
    from: timestamp.optional(),
    to: timestamp.optional(),
  }),
  reply: { 200: page(trace) },
  example: {
    query: { object: `order:${examples.id(15)}` },
    reply: { items: [exampleTrace], next: null },
  },
})

const span = z.object({
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  /** How deep it is nested; 0 where its parent is not kept, or not shown to this tenant. */
  depth: z.int(),
  service: z.string(),
  operation: z.string(),
  kind: spanKind,
  status: spanStatus,
  startedAt: timestamp,
  /** Since the start of the trace. */
  offsetUs: z.int(),
  durationUs: z.int(),
  attributes: z.record(z.string(), z.unknown()),
})
const exampleSpan = {
  spanId: '00f067aa0ba902b7',
  parentSpanId: null,
  depth: 0,
  service: 'api-gateway',
  operation: 'checkOut',
  kind: 'server',
  status: 'ok',
  startedAt: examples.time,
  offsetUs: 0,
  durationUs: 41_820,
  attributes: { 'http.response.status_code': 201 },
} as const

export const readTrace = operation('GET', '/v1/traces/{traceId}', {
  summary: 'What was done in one trace: spans under their parents, log lines and business objects',
  auth: { permission: 'monitoring:trace:read' },
  params: z.strictObject({ traceId }),
  reply: {
    200: trace.extend({
      /** Each after its parent, those of one parent by time; the first 2,000. */
      spans: z.array(span),
      /** By time; the first 1,000. */
      lines: z.array(logLine),
      objects: z.array(z.object({ type: z.string(), id: z.string() })),
    }),
  },
  problems: [traceMissing],
  example: {
    params: { traceId: examples.traceId },
    reply: {
      ...exampleTrace,
      spans: [
        exampleSpan,
        {
          ...exampleSpan,
          spanId: 'b7ad6b7169203331',
          parentSpanId: exampleSpan.spanId,
          depth: 1,
          service: 'order-service',
          offsetUs: 190,
          durationUs: 41_400,
          attributes: {},
        },
      ],
      lines: [exampleLine],
      objects: [{ type: 'order', id: examples.id(15) }],
    },
  },
})
