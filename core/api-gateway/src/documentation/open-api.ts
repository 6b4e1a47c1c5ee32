// The OpenAPI document, made from the contracts of all services: what is declared there is what the
// gateway routes, checks and answers, so the document cannot drift from it.
import { STATUS_CODES } from 'node:http'
import { type Contract, type NamedOperation, problemDetails, success } from '@prognetwork/contracts'
import type { z } from 'zod'
import { createProblemReplies, type ProblemReplies } from './open-api-problem.ts'
import { type JsonSchema, jsonSchema } from './open-api-schema.ts'

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: object
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** Operations for other services only are not in it: the gateway does not have them. */
export function openApi(
  contracts: readonly Contract[],
  about: { readonly publicUrl: string; readonly version: string },
): OpenApiDocument {
  const operations = contracts
    .flatMap((contract) => Object.values(contract.operations))
    .filter((operation) => !('service' in operation.shape.auth))
  const problems = createProblemReplies()
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    const path = `/api${operation.path}`
    paths[path] = {
      ...paths[path],
      [operation.method.toLowerCase()]: describe(operation, problems),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ProgNetwork',
      version: about.version,
      description:
        'Failures are problem details (RFC 9457) with a stable `code`. Lists are read page by page: `next` of one page is `after` of the following one.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: about.publicUrl }],
    tags: [...new Set(operations.map((one) => one.service))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ProblemDetails: jsonSchema(problemDetails, 'output') },
      responses: problems.all(),
      parameters: { IdempotencyKey: idempotencyKey, ProgTenant: progTenant },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The `accessToken` that signing in answers',
        },
      },
    },
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key and request give the first answer again, for 24 hours',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

const progTenant = {
  name: 'Prog-Tenant',
  in: 'header',
  description: 'The tenant that is meant; without it the host or the platform itself',
  schema: { type: 'string' },
}

function describe(operation: NamedOperation, problems: ProblemReplies): object {
  const { name, service, shape } = operation
  const { auth, rate = 'default' } = shape
  const parameters = parametersOf(operation)
  return {
    operationId: name,
    summary: shape.summary,
    tags: [service],
    ...('permission' in auth && {
      description: `Needs the permission \`${auth.permission}\`.`,
      'x-permission': auth.permission,
    }),
    'x-rate-class': rate,
    security: 'public' in auth ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(operation),
    responses: { ...successReply(operation), ...problems.of(operation) },
  }
}

function requestBodyOf({ shape }: NamedOperation): object {
  const { body, upload, example } = shape
  if (!body && upload === undefined) return {}
  const schema = body ? jsonSchema(body, 'input') : { type: 'string' }
  const shown = example.body === undefined ? {} : { example: example.body }
  return {
    requestBody: {
      required: true,
      content: { [upload ?? 'application/json']: { schema, ...shown } },
    },
  }
}

function successReply(operation: NamedOperation): Record<string, object> {
  const { status, schema } = success(operation)
  const { example } = operation.shape
  const { reply } = example
  const bytes = { type: 'string', format: 'binary' }
  if (operation.shape.file !== undefined)
    return {
      [status]: {
        description: STATUS_CODES[status],
        content: { [operation.shape.file]: { schema: bytes } },
      },
    }
  const content = {
    [mediaTypeOf(operation)]: {
      schema: status === 204 ? {} : jsonSchema(schema, 'output'),
      ...(reply !== undefined && { example: reply }),
    },
  }
  return {
    [status]: { description: STATUS_CODES[status], ...(status !== 204 && { content }) },
  }
}

function mediaTypeOf({ shape }: NamedOperation): string {
  if (shape.file !== undefined) return shape.file
  if (shape.stream) return 'text/event-stream'
  return shape.lines ? 'application/x-ndjson' : 'application/json'
}

function parametersOf({ shape }: NamedOperation): object[] {
  const { auth, params, query, headers, idempotent, example } = shape
  return [
    ...fieldsOf('path', params, example.params),
    ...fieldsOf('query', query, example.query),
    ...fieldsOf('header', headers, undefined),
    ...(idempotent ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...('public' in auth ? [{ $ref: '#/components/parameters/ProgTenant' }] : []),
  ]
}

function fieldsOf(
  place: 'path' | 'query' | 'header',
  schema: z.ZodObject | undefined,
  example: unknown,
) {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  const values = (example ?? {}) as Record<string, unknown>
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: field,
    ...(values[name] !== undefined && { example: exampleOf(field, values[name]) }),
  }))
}

/** An address is text; in the document a number is a number. */
function exampleOf(field: JsonSchema, value: unknown): unknown {
  return field.type === 'integer' || field.type === 'number' ? Number(value) : value
}
