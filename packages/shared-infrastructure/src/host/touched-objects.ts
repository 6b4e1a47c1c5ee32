// Which business objects a piece of work is about, found where contracts take and answer typed ids:
// that is how a trace is found by its order. Only what lies open is looked at (parameters, and the
// first level of bodies and replies), because this runs with every request.
import { type EventContract, type NamedOperation, success } from '@prognetwork/contracts'
import { z } from 'zod'
import type { Span } from '../telemetry/span.ts'
import type { RawInput } from './operation.ts'

type Place = readonly [field: string, resource: string]

export interface TouchedObjects {
  ofInput(span: Span, input: RawInput): void
  ofOutput(span: Span, output: unknown): void
}

export function touchedObjects(operation: NamedOperation): TouchedObjects {
  const { params, query, body } = operation.shape
  const inParams = placesIn(params)
  const inQuery = placesIn(query)
  const inBody = placesIn(body)
  const inReply = placesIn(success(operation).schema)
  return {
    ofInput(span, input) {
      touch(span, inParams, input.params)
      touch(span, inQuery, input.query)
      touch(span, inBody, input.body)
    },
    ofOutput: (span, output) => touch(span, inReply, output),
  }
}

/** What the key of an event is the id of; undefined when that is no resource. */
export function resourceOfKey({ data, key }: EventContract): string | undefined {
  return placesIn(data).find(([field]) => field === key)?.[1]
}

/** Every row belongs to a tenant anyway. */
const untold = 'tenant'

function placesIn(schema: z.ZodType | undefined): readonly Place[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([field, one]) => {
    const resource = resourceOf(one as z.ZodType)
    return resource === undefined || resource === untold ? [] : [[field, resource] as const]
  })
}

function resourceOf(schema: z.ZodType): string | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  )
    return resourceOf(schema.unwrap() as z.ZodType)
  const resource = schema.meta()?.['x-resource']
  return typeof resource === 'string' ? resource : undefined
}

/** Input is told before it is parsed. */
const anId = /^[0-9a-f-]{36}$/i

function touch(span: Span, places: readonly Place[], holder: unknown): void {
  if (places.length === 0 || typeof holder !== 'object' || holder === null) return
  for (const [field, resource] of places) {
    const id: unknown = holder[field as keyof typeof holder]
    if (typeof id === 'string' && anId.test(id)) span.touch(resource, id.toLowerCase())
  }
}
