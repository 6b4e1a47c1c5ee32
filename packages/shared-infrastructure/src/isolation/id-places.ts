// Where an operation takes the id of a resource, found in its schemas, and how its input is built
// from its example with other ids in these places.
import type { NamedOperation } from '@prognetwork/contracts'
import { z } from 'zod'
import type { RawInput } from '../host/operation.ts'

const parts = ['params', 'query', 'body'] as const
type Part = (typeof parts)[number]

/** One place that takes an id made with `id('product')`. */
export interface IdPlace {
  readonly part: Part
  /** From the part inwards: names of fields, `*` for every item or value, `{}` for a key. */
  readonly steps: readonly string[]
  readonly resource: string
  // `/body/items/*/productId`, as findings name it.
  readonly pointer: string
}

const every = '*'
const key = '{}'

type JsonSchema = Readonly<Record<string, unknown>>

/** All places of an operation that take a typed id, at any depth. */
export function idPlaces({ shape }: NamedOperation): IdPlace[] {
  const places = new Map<string, IdPlace>()
  for (const part of parts) {
    const schema: z.ZodType | undefined = shape[part]
    if (!schema) continue
    const json = z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema
    for (const { steps, resource } of placesIn(json, [])) {
      const pointer = ['', part, ...steps].join('/')
      places.set(`${pointer} ${resource}`, { part, steps, resource, pointer })
    }
  }
  return [...places.values()]
}

function placesIn(
  schema: unknown,
  steps: readonly string[],
): Pick<IdPlace, 'steps' | 'resource'>[] {
  if (!isObject(schema)) return []
  const resource = schema['x-resource']
  if (typeof resource === 'string') return [{ steps, resource }]
  const inner = (value: unknown, step: string) => placesIn(value, [...steps, step])
  const { properties, items, prefixItems, additionalProperties, propertyNames } = schema
  return [
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([name, one]) =>
      inner(one, name),
    ),
    ...(Array.isArray(prefixItems) ? prefixItems : []).flatMap((one, at) => inner(one, `${at}`)),
    ...inner(items, every),
    ...inner(additionalProperties, every),
    ...inner(propertyNames, key),
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((choices) =>
      Array.isArray(choices) ? choices.flatMap((one) => placesIn(one, steps)) : [],
    ),
  ]
}

/** Of lists and maps that ids are put into: their first element alone, or each with the same id. */
export type Elements = 'first' | 'all'

/**
 * The example with ids in the places that `ids` names; the others keep what the example has.
 * Answers undefined when the example has nothing around one of them.
 */
export function inputWith(
  operation: NamedOperation,
  ids: ReadonlyMap<IdPlace, string>,
  elements: Elements,
): RawInput | undefined {
  const input: Partial<Record<Part, unknown>> = {}
  for (const part of parts) {
    const example = operation.shape.example[part]
    if (operation.shape[part]) input[part] = structuredClone(example ?? {})
  }
  if (operation.shape.upload !== undefined) input.body = operation.shape.example.body
  for (const [{ part, steps }, id] of ids)
    if (!put(input, [part, ...steps], id, elements)) return undefined
  return input
}

/** Whether the example has something in a place; one that is left out is optional. */
export function isShown({ shape }: NamedOperation, { part, steps }: IdPlace): boolean {
  return has(shape.example[part], steps)
}

function has(holder: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return holder !== undefined && holder !== null
  if (!isObject(holder)) return false
  if (step === key) return Object.keys(holder).length > 0
  const names = step === every ? Object.keys(holder) : [step]
  return names.some((name) => has(holder[name], rest))
}

/** Puts an id where the steps lead; false when they lead nowhere. */
function put(
  holder: unknown,
  [step = '', ...rest]: readonly string[],
  id: string,
  elements: Elements,
): boolean {
  if (!isObject(holder)) return false
  if (elements === 'first' && (step === every || step === key)) keepFirst(holder)
  if (step === key) {
    const [name] = Object.keys(holder)
    if (name === undefined) return false
    holder[id] = holder[name]
    return delete holder[name]
  }
  if (step === every && rest.length === 0 && Array.isArray(holder) && holder.length === 0)
    holder.push(id)
  const names = step === every ? Object.keys(holder) : [step]
  if (rest.length > 0)
    return names.map((name) => put(holder[name], rest, id, elements)).includes(true)
  for (const name of names) holder[name] = id
  return names.length > 0
}

function keepFirst(holder: Record<string, unknown>): void {
  if (Array.isArray(holder)) holder.splice(1)
  else for (const name of Object.keys(holder).slice(1)) delete holder[name]
}

/** What the operation's schemas say against an input, as pointers; nothing when they accept it. */
export function refusedPlaces({ shape }: NamedOperation, input: RawInput): string[] {
  return parts.flatMap((part) => {
    const schema: z.ZodType | undefined = shape[part]
    const issues = schema?.safeParse(input[part]).error?.issues ?? []
    return issues.map((issue) => ['', part, ...issue.path.map(String)].join('/'))
  })
}

/** Lists too: their places are numbers. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
