import fastJsonStringify from 'fast-json-stringify'
import { z } from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema

/**
 * Writes a reply from the schema it was declared with, so that an undeclared field (a password
 * hash) cannot leave, and a missing one is our bug and not the client's. It is made for the first
 * reply: a process has hundreds of operations, and most are not asked for while it starts.
 */
export function replySerializer(schema: z.ZodType): (value: unknown) => string {
  let write: ((value: unknown) => string) | undefined
  return (value) => {
    write ??= makeSerializer(schema)
    return write(value)
  }
}

function makeSerializer(schema: z.ZodType): (value: unknown) => string {
  const json = z.toJSONSchema(schema, {
    io: 'output',
    target: 'draft-7',
    reused: 'inline',
    override: ({ jsonSchema }) => simplify(jsonSchema),
  })
  return fastJsonStringify(json as fastJsonStringify.Schema)
}

/**
 * Leaves only what shapes the text. Formats and limits were checked when the value was made, and
 * `anyOf` with null is written as `nullable`, because a union is tried branch by branch.
 */
function simplify(schema: JsonSchema): void {
  for (const keyword of ['format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'])
    delete schema[keyword]
  const branches = schema.anyOf?.filter((one) => typeof one === 'object' && one.type !== 'null')
  if (schema.anyOf && branches?.length === 1 && schema.anyOf.length === 2) {
    delete schema.anyOf
    Object.assign(schema, branches[0], { nullable: true })
  }
}
