/** One thing that is wrong with the configuration, fit to be shown: secrets are redacted. */
export interface ConfigurationError {
  /** The environment variable, or the file where no single key is at fault. */
  readonly key: string
  /** Where the value came from: `environment`, `.env:3`, `config/x.json`, `file /run/...`. */
  readonly origin: string
  readonly expected: string
  /** The value as it arrived, redacted; absent where nothing arrived. */
  readonly value?: string
}

export const redacted = '[redacted]'

/** Quotes a value for a message, without the password of an address in it. */
export function showValue(value: string, isSecret: boolean): string {
  return isSecret ? redacted : value.replace(/(:\/\/[^:@/\s]*):[^@/\s]+@/g, `$1:${redacted}@`)
}

function sentence({ key, origin, expected, value }: ConfigurationError): string {
  const got =
    value === undefined ? '' : `, got ${value === redacted ? value : JSON.stringify(value)}`
  return `  ${key} (${origin}): ${expected}${got}`
}

/** All errors of one reading at once, so that a user mends them in one go. */
export class ConfigurationErrors extends Error {
  readonly errors: readonly ConfigurationError[]

  constructor(errors: readonly ConfigurationError[]) {
    const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
    super(`The configuration has ${count}:\n${errors.map(sentence).join('\n')}`)
    this.name = 'ConfigurationErrors'
    this.errors = errors
  }
}
