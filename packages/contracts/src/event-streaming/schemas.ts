import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { page, pageQuery, timestamp } from '../shapes.ts'
import { eventType, typeReserved } from './events.ts'

/**
 * What a next version must not break. Backward: its readers read what the last one wrote. Forward:
 * readers of the last one read what it writes. Full: both.
 */
const compatibilityMode = z.enum(['backward', 'forward', 'full'])
export type CompatibilityMode = z.infer<typeof compatibilityMode>

const direction = z.enum(['backward', 'forward'])

const compatibilityFinding = z.object({
  direction,
  /** Into the schema that would not read it: this one backward, the last one forward. */
  pointer: z.string(),
  detail: z.string(),
})
export type CompatibilityFinding = z.infer<typeof compatibilityFinding>

/** JSON Schema, draft 2020-12; of an object, because the data of an event has fields. */
const document = z.record(z.string(), z.unknown())

const schemaOwner = z.enum(['platform', 'tenant'])

const schemaVersion = z.object({
  type: z.string(),
  version: z.int(),
  /** Types of the platform are read-only. */
  owner: schemaOwner,
  /** The service that publishes it; none for a tenant's own. */
  service: z.string().nullable(),
  /** Of the platform's: none. Their older versions are read through upcasters. */
  compatibility: compatibilityMode.nullable(),
  schema: document,
  example: document,
  registeredAt: timestamp.nullable(),
})
export type SchemaVersion = z.infer<typeof schemaVersion>

const exampleDocument = {
  type: 'object',
  properties: { parcelId: { type: 'string' }, weightGrams: { type: 'integer', minimum: 1 } },
  required: ['parcelId', 'weightGrams'],
  additionalProperties: false,
}
const exampleData = { parcelId: 'P-1', weightGrams: 1_250 }
const exampleVersion = {
  type: 'parcel.handed_over',
  version: 1,
  owner: 'tenant' as const,
  service: null,
  compatibility: 'backward' as const,
  schema: exampleDocument,
  example: exampleData,
  registeredAt: examples.time,
}

export const schemaMissing = problem(
  'missing',
  'event_streaming.schema_missing',
  'There is no such schema',
)
export const schemaUnfit = problem(
  'unprocessable',
  'event_streaming.schema_unfit',
  'The schema cannot be registered as it is',
)
export const schemaIncompatible = problem(
  'conflict',
  'event_streaming.schema_incompatible',
  'The schema is not compatible with the last version',
)
export const schemaLimitReached = problem(
  'conflict',
  'event_streaming.schema_limit_reached',
  'No more schemas can be registered',
)

const read = { permission: 'event:schema:read' } as const
const create = { permission: 'event:schema:create' } as const
const byType = z.strictObject({ type: eventType })
const typeExample = { type: 'parcel.handed_over' }

export const listSchemas = operation('GET', '/v1/schemas', {
  summary: "Types of events that have a schema: the platform's and the tenant's own, by name",
  auth: read,
  query: pageQuery,
  reply: {
    200: page(
      schemaVersion
        .pick({ type: true, owner: true, service: true, compatibility: true, registeredAt: true })
        .extend({ newestVersion: z.int() }),
    ),
  },
  example: {
    query: { limit: '20' },
    reply: {
      items: [
        {
          type: 'parcel.handed_over',
          newestVersion: 1,
          owner: 'tenant',
          service: null,
          compatibility: 'backward',
          registeredAt: examples.time,
        },
      ],
      next: null,
    },
  },
})

export const listSchemaVersions = operation('GET', '/v1/schemas/{type}/versions', {
  summary: 'All versions of one type, newest first',
  auth: read,
  params: byType,
  query: pageQuery,
  reply: { 200: page(schemaVersion) },
  problems: [schemaMissing],
  example: {
    params: typeExample,
    query: { limit: '20' },
    reply: { items: [exampleVersion], next: null },
  },
})

export const readSchemaVersion = operation('GET', '/v1/schemas/{type}/versions/{version}', {
  summary: 'One version: its schema, and an example that fits it',
  auth: read,
  params: byType.extend({ version: z.coerce.number().int().min(1).max(10_000) }),
  reply: { 200: schemaVersion },
  problems: [schemaMissing],
  example: { params: { ...typeExample, version: '1' }, reply: exampleVersion },
})

const proposal = z.strictObject({
  schema: document,
  /** Of the last version when not given; of the first, backward. */
  compatibility: compatibilityMode.optional(),
})

/** A schema has at most 64 KiB, and its example as much. */
const bodyLimitBytes = 256 * 1_024

export const registerSchema = operation('POST', '/v1/schemas/{type}/versions', {
  summary: "Register the first or next version of an event type of the tenant's own",
  auth: create,
  idempotent: true,
  rate: 'bulk',
  bodyLimitBytes,
  params: byType,
  body: proposal.extend({ example: document }),
  reply: { 201: schemaVersion },
  problems: [schemaUnfit, schemaIncompatible, typeReserved, schemaLimitReached],
  example: {
    params: typeExample,
    body: { schema: exampleDocument, example: exampleData, compatibility: 'backward' },
    reply: exampleVersion,
  },
})

export const checkCompatibility = operation('POST', '/v1/schemas/{type}/compatibility', {
  summary: 'Whether a schema could be the next version; registers nothing',
  auth: read,
  rate: 'bulk',
  bodyLimitBytes,
  params: byType,
  body: proposal,
  reply: {
    200: z.object({
      compatible: z.boolean(),
      /** What it was compared under, and with; none where there is no version yet. */
      compatibility: compatibilityMode,
      version: z.int().nullable(),
      findings: z.array(compatibilityFinding),
    }),
  },
  problems: [schemaUnfit, typeReserved],
  example: {
    params: typeExample,
    body: { schema: { ...exampleDocument, required: ['parcelId'] } },
    reply: { compatible: true, compatibility: 'backward', version: 1, findings: [] },
  },
})
