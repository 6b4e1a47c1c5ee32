import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'

export const operationMissing = problem(
  'missing',
  'event_streaming.operation_missing',
  'There is no such operation to be reached here',
)

const params = z.strictObject({ operation: z.string().regex(/^[a-z][A-Za-z0-9]{1,80}$/) })

/** The parts that the operation takes, as OpenAPI describes each. */
const operationInput = z.strictObject({
  params: z.record(z.string(), z.unknown()).optional(),
  query: z.record(z.string(), z.unknown()).optional(),
  body: z.unknown().optional(),
})

const outcome = z.object({
  /** Events that follow from it carry it as `correlationid`: a stream can wait for them. */
  correlationId: z.string(),
  /** The reply of the operation; null when it has none. */
  result: z.unknown(),
})

export const runCommand = operation('POST', '/v1/commands/{operation}', {
  summary: 'Carry out any operation that changes something and that the caller may use',
  auth: { signedIn: true },
  params,
  body: operationInput.extend({
    /** Like the header of that name, for operations that take one. */
    idempotencyKey: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/)
      .optional(),
  }),
  reply: { 200: outcome },
  problems: [operationMissing],
  example: {
    params: { operation: 'createCategory' },
    body: { body: { name: 'Garden' } },
    reply: { correlationId: examples.traceId, result: { id: examples.id(4) } },
  },
})

export const runQuery = operation('POST', '/v1/queries/{operation}', {
  summary: 'Carry out any operation that only reads and that the caller may use',
  auth: { signedIn: true },
  params,
  body: operationInput,
  reply: { 200: outcome },
  problems: [operationMissing],
  example: {
    params: { operation: 'readTenant' },
    body: {},
    reply: { correlationId: examples.traceId, result: { id: examples.id(2) } },
  },
})
