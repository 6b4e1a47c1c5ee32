import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import type { Finding } from './json-schema.ts'
import { linearRegExp, TooCostly, withPatternBudget } from './pattern.ts'

/** The formats that are checked; none other is taken. */
export const formats = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'time',
  'uri',
  'uuid',
] as const

/** What has a format is short: an address of 254 characters, a link of 2,000. */
const maxFormatted = 2_000

/** Findings in data; none when it fits. */
export type Validator = (data: unknown) => readonly Finding[]

/** Compiles a schema that was judged before: to code, some fifty bytes for each character of it. */
export function compileValidator(schema: object): Validator {
  const validate = createAjv().compile(schema)
  return (data) => {
    try {
      return withPatternBudget(() => validate(data)) ? [] : (validate.errors ?? []).map(findingOf)
    } catch (error) {
      if (error instanceof TooCostly) return [{ pointer: '', detail: error.message }]
      throw error
    }
  }
}

/** One per schema: it would keep every schema that it ever compiled. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    ...{ meta: false, validateSchema: false, strict: false, addUsedSchema: false },
    // A field is the data's own, whatever JavaScript gives to every object.
    ownProperties: true,
    inlineRefs: false,
    code: { regExp: linearRegExp },
  })
  for (const name of formats) ajv.addFormat(name, { type: 'string', validate: checkOf(name) })
  return ajv
}

function checkOf(name: (typeof formats)[number]): (text: string) => boolean {
  const format = fullFormats[name]
  if (format instanceof RegExp) return (text) => text.length <= maxFormatted && format.test(text)
  const check = typeof format === 'function' ? format : Object(format).validate
  return (text) => text.length <= maxFormatted && check(text)
}

function findingOf({ instancePath, message, keyword, params }: ErrorObject): Finding {
  const what = {
    not: 'must not be there',
    enum: `must be one of ${(params.allowedValues ?? []).map((one: unknown) => JSON.stringify(one)).join(', ')}`,
    const: `must be ${JSON.stringify(params.allowedValue)}`,
  }[keyword]
  const detail = what ?? message ?? 'does not fit'
  return {
    pointer: instancePath,
    detail: detail.length <= 300 ? detail : `${detail.slice(0, 297)}...`,
  }
}
