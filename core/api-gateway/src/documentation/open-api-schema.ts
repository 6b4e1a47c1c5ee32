import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

/**
 * A schema as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. `input` is what a caller
 * writes, `output` what comes back.
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    reused: 'inline',
    cycles: 'throw',
    override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema, io),
  })
  return rest
}

function simplify(
  schema: z.core.$ZodTypes,
  json: z.core.JSONSchema.BaseSchema,
  io: 'input' | 'output',
): void {
  const { def } = schema._zod
  // Text that is trimmed first and checked after: what the check wants is what a caller must send.
  if (def.type === 'pipe' && json.type === 'string' && 'format' in def.out._zod.def)
    json.format = String(def.out._zod.def.format)
  // The format says it; the pattern behind it is longer than the rest of the operation.
  if (json.format !== undefined) delete json.pattern
  // Every integer is safe in JavaScript; only a limit somebody chose is worth reading.
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  // A reply may win fields without a new version, so clients must not refuse those.
  if (io === 'output' && json.additionalProperties === false) delete json.additionalProperties
}
