import { redacted } from './configuration-error.ts'
import { type Declaration, describeConfiguration } from './declaration.ts'
import type { Entry } from './reading.ts'

/** A key as operators see it: what it is for and what it is at this moment. */
export interface KeyState {
  readonly key: string
  readonly owner: string
  readonly kind: string
  readonly description: string | null
  /** Null for a secret, and where nothing is set. */
  readonly value: string | null
  readonly isSet: boolean
  readonly isSecret: boolean
  /** Takes effect while the platform runs. */
  readonly isReloadable: boolean
  /** Where the value came from. */
  readonly origin: string
}

/** Entries of a reading with what their declarations say about them. */
export function keyStates(
  declarations: readonly Declaration[],
  entries: readonly Entry[],
): KeyState[] {
  const rows = new Map(describeConfiguration(declarations).map((row) => [row.key, row]))
  return entries.flatMap(({ key, owner, value, origin }) => {
    const row = rows.get(key)
    if (!row) return []
    // What is taken from a file or from a secret is one too, whatever the declaration says.
    const isSecret = row.secret || value === redacted
    return {
      ...{ key, owner, origin, kind: row.kind, isSecret, isReloadable: row.reloadable },
      description: row.description ?? null,
      value: isSecret ? null : (value ?? null),
      isSet: value !== undefined,
    }
  })
}
