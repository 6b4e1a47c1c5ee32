import type { NamedOperation } from '@prognetwork/contracts'
import type { Leak } from './schema-laws.ts'

/** What was found about operations: once each, with everybody to whom it happened. */
export interface Findings {
  add(place: { operation: NamedOperation; pointer?: string }, what: string, who?: string): void
  all(): Leak[]
}

export function createFindings(): Findings {
  const found = new Map<string, { leak: Leak; who: Set<string> }>()
  return {
    add({ operation, pointer }, what, who) {
      const where = pointer === undefined ? nameOf(operation) : `${nameOf(operation)} at ${pointer}`
      const key = `${where} ${what}`
      const known = found.get(key) ?? { leak: { where, what }, who: new Set() }
      found.set(key, known)
      if (who !== undefined) known.who.add(who)
    },
    all: () =>
      [...found.values()].map(({ leak, who }) =>
        who.size === 0 ? leak : { ...leak, what: `${leak.what} (${[...who].join(', ')})` },
      ),
  }
}

/** `user-service.revokeApiKey, DELETE /v1/api-keys/{keyId}` */
export function nameOf({ service, name, method, path }: NamedOperation): string {
  return `${service}.${name}, ${method} ${path}`
}
