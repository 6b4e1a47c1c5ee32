import type { Statement } from '@prognetwork/contracts'

/**
 * A named statement: written once, prepared once per connection. `name` is unique in its service
 * and says what it does (`session.find`). Row and argument types are the caller's promise about
 * the SQL; the store's tests run each against the migrated schema.
 */
export function statement<Row extends object, Args extends unknown[] = []>(
  name: string,
  text: string,
): (...values: Args) => Statement<Row> {
  return (...values) => ({ name, text, values })
}

/** A named statement that answers no rows. */
export function command<Args extends unknown[] = []>(
  name: string,
  text: string,
): (...values: Args) => Statement {
  return (...values) => ({ name, text, values })
}

/** A statement built at run time, such as a list with optional filters; it is not prepared. */
export function dynamicStatement<Row extends object>(
  text: string,
  values: readonly unknown[],
): Statement<Row> {
  return { text, values }
}
