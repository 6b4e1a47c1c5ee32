import { z } from 'zod'
import { redacted } from './configuration-error.ts'
import { camelCase, environmentKey, screamingSnake } from './key-name.ts'

/** What one owner reads: a service by its name, or `platform`. */
export interface Declaration<S extends z.ZodObject = z.ZodObject> {
  readonly owner: string
  readonly schema: S
}

/** One key of a declaration, with everything its schema says about it. */
export interface Field {
  readonly name: string
  readonly key: string
  readonly kind: string
  readonly isRequired: boolean
  readonly isSecret: boolean
  readonly isReloadable: boolean
  readonly defaultValue: unknown
  readonly description: string | undefined
  /** Why the schema cannot read text, if it cannot. */
  readonly mistake: string | undefined
}

/** Marks a key whose value must never be shown. */
export function secret<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), secret: true })
}

/** Marks a key that may change while the platform runs. */
export function reloadable<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), reloadable: true })
}

/** Names a declaration where it stands alone, outside the definition of a service. */
export function declareConfiguration<S extends z.ZodObject>(
  declaration: Declaration<S>,
): Declaration<S> {
  return declaration
}

/** The schema and what it wraps, outermost first; a mark or default may sit on any of them. */
function layersOf(schema: z.ZodType): z.ZodType[] {
  const { def } = schema
  const inner = [
    'innerType' in def ? def.innerType : undefined,
    'in' in def ? def.in : undefined,
    'out' in def ? def.out : undefined,
  ]
  return [schema, ...inner.flatMap((layer) => (layer instanceof z.ZodType ? layersOf(layer) : []))]
}

function kindOf(layers: readonly z.ZodType[]): string {
  const types = layers.map((layer) => layer.def.type)
  if (types.includes('boolean')) return 'true or false'
  for (const layer of layers) {
    if (layer instanceof z.ZodEnum) return `one of ${layer.options.join(', ')}`
    if (layer instanceof z.ZodLiteral) return `one of ${[...layer.values].join(', ')}`
    if (layer instanceof z.ZodNumber) return layer.format?.includes('int') ? 'integer' : 'number'
    if (layer instanceof z.ZodStringFormat) return String(layer.format)
    if (layer instanceof z.ZodString) return layer.format ?? 'text'
  }
  return types.at(-1) ?? 'text'
}

/** Values arrive as text: a schema that takes anything else first would fail on every value. */
function mistakeIn(layers: readonly z.ZodType[], name: string): string | undefined {
  if (camelCase(screamingSnake(name)) !== name || !/^[a-z][A-Za-z0-9]*$/.test(name)) {
    return 'a key in camelCase'
  }
  const first = layers.find((layer) => !('innerType' in layer.def || 'in' in layer.def))
  const { def } = first ?? z.unknown()
  const coerces = 'coerce' in def && def.coerce === true
  // Coercion makes every text true, "false" among them.
  if (def.type === 'boolean') return 'z.stringbool() for a boolean'
  if (['number', 'bigint', 'date'].includes(def.type) && !coerces) {
    return `z.coerce.${def.type}() for a ${def.type}`
  }
  if (['array', 'object', 'record', 'map', 'set', 'tuple'].includes(def.type)) {
    return `a schema that starts from text, not ${def.type}`
  }
  return undefined
}

const optionalKinds = new Set<string>(['optional', 'default', 'prefault', 'catch'])

function fieldOf(owner: string, name: string, schema: z.ZodType): Field {
  const layers = layersOf(schema)
  const marks = layers.map((layer) => z.globalRegistry.get(layer) ?? {})
  const withDefault = layers.find((layer) => 'defaultValue' in layer.def)
  const { def } = withDefault ?? schema
  return {
    name,
    key: environmentKey(owner, name),
    kind: kindOf(layers),
    isRequired: !layers.some((layer) => optionalKinds.has(layer.def.type)),
    isSecret: marks.some((mark) => mark.secret === true),
    isReloadable: marks.some((mark) => mark.reloadable === true),
    defaultValue: 'defaultValue' in def ? def.defaultValue : undefined,
    description: marks.find((mark) => mark.description !== undefined)?.description,
    mistake: mistakeIn(layers, name),
  }
}

export function fieldsOf({ owner, schema }: Declaration): Field[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    if (!(field instanceof z.ZodType)) throw new TypeError(`${owner} ${name} is not a Zod schema`)
    return fieldOf(owner, name, field)
  })
}

/** The value as the reference, `prog config` and messages show it; undefined where nothing is set. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export interface ConfigurationRow {
  readonly key: string
  readonly owner: string
  readonly kind: string
  readonly required: boolean
  readonly default: string | undefined
  readonly secret: boolean
  readonly reloadable: boolean
  readonly description: string | undefined
}

/** The rows of the generated reference, in the order of the declarations. */
export function describeConfiguration(declarations: readonly Declaration[]): ConfigurationRow[] {
  return declarations.flatMap((declaration) =>
    fieldsOf(declaration).map((field) => {
      const text = textOf(field.defaultValue)
      return {
        key: field.key,
        owner: declaration.owner,
        kind: field.kind,
        required: field.isRequired,
        default: field.isSecret && text !== undefined ? redacted : text,
        secret: field.isSecret,
        reloadable: field.isReloadable,
        description: field.description,
      }
    }),
  )
}
